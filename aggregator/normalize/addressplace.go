package normalize

import (
	"net/url"
	slashed "path"
	"regexp"
	"slices"
	"strings"
)

// Place is what an address is compared by: the same for the same article of a content system, however
// it was reached. It leaves out the scheme, hosts that are another door to the same house (www, m,
// wap, news), sessions, the page within the article, and the parameters that track readers or keep
// caches out. Two places that are the same do not make two items one: title and date must agree.
// The place of a place is itself. An address that cannot be compared has none.
func Place(address string) string {
	before, _, schemed := strings.Cut(address, "://")
	schemed = schemed && !strings.ContainsAny(before, "/?#")
	if address != "" && !isAddress(address) && !schemed && !strings.HasPrefix(address, "//") {
		if host, _, whole := strings.Cut(address, "/"); whole && host != "" && host != "." && host != ".." {
			address = "//" + address // a place, or what addressKey made
		}
	}
	u := resolve(nil, address)
	if u == nil || u.Host == "." || u.Host == ".." {
		return ""
	}
	place := door(u.Host) + placePath(u)
	if query := placeQuery(u.RawQuery); query != "" {
		place += "?" + query
	}
	if f := u.Fragment; f != "" && !passing.MatchString(f) && !passingPage.MatchString(f) {
		place += "#" + escapedQuery(u.EscapedFragment())
	}
	return place
}

// doors are the first parts of hosts that lead to the same articles.
var doors = []string{"www", "www2", "m", "wap", "mobile", "3g", "h5", "touch", "news", "mnews", "wapnews", "amp"}

// underState are the names under which states register others: what comes before them is no door.
var underState = []string{"gov", "com", "net", "org", "edu", "ac", "co", "go", "or", "ne", "lg", "gob", "gouv", "govt", "mil", "idv", "re", "k12", "city"}

// door drops from a host that by which it is entered.
func door(host string) string {
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80") // a scheme's own, be it the other's
	if name, port, ported := strings.Cut(host, ":"); strings.HasSuffix(name, ".") && strings.Trim(name, ".") != "" && !strings.HasPrefix(host, "[") {
		if host = strings.TrimRight(name, "."); ported { // the root's own dot
			host += ":" + port
		}
	}
	for {
		first, rest, ok := strings.Cut(host, ".")
		name, _, _ := strings.Cut(rest, ":")
		labels := strings.Split(name, ".")
		if !ok || !slices.Contains(doors, first) || len(labels) < 2 || len(labels) == 2 && slices.Contains(underState, labels[0]) {
			return host
		}
		host = rest
	}
}

var (
	sessionPath = regexp.MustCompile(`(?i);(?:jsessionid|phpsessid|sid|sessionid)=[^/?#]*|/\([A-Z]\([A-Za-z0-9]+\)\)`)
	slashes     = regexp.MustCompile(`/{2,}`)
	indexPage   = regexp.MustCompile(`(?i)/(?:index|default)\.(?:s?html?|php|aspx?|jsp|do)$`)
	mobilePath  = regexp.MustCompile(`(?i)^/(?:wap|mobile|m|h5|3g|amp)(/.)`)
	// pageOfText is the number of a page behind that of an article. What looks like one behind a day
	// or a column (t20171016_2, art_16256_1) is an article's own.
	pageOfText  = regexp.MustCompile(`(?i)(/(?:(?:t\d{8}|content|post|article|news|info|show|detail|view|c|a|n|p|doc)_\d{4,}|c?\d{5,7}|c?\d{9,}))[_-]\d{1,2}(\.(?:s?html?|php|aspx?|jsp))$`)
	passing     = regexp.MustCompile(`(?i)^(?:comments?|respond|top|wechat_redirect|rd|pinglun)$`)
	passingPage = regexp.MustCompile(`(?i)^(?:p|page)[=_-]?\d{1,2}$`)
	ampPath     = regexp.MustCompile(`(?i)(/.+)/amp/?$`)
	threadPage  = regexp.MustCompile(`(?i)/(thread-\d+)-\d{1,4}-\d{1,4}(\.html?)$`)
	yesOrNo     = regexp.MustCompile(`(?i)^(?:[01]|true|false|yes|no)?$`)
	epoch       = regexp.MustCompile(`^(?:\d{10}|\d{13}|0\.\d+)$`)
	smallPage   = regexp.MustCompile(`^\d{1,2}$`)
)

func placePath(u *url.URL) string {
	path := slashes.ReplaceAllString(sessionPath.ReplaceAllString(u.Path, ""), "/")
	if strings.Contains(path, "/.") {
		path = slashed.Clean(path)
	}
	path = mobilePath.ReplaceAllString(path, "$1")
	path = ampPath.ReplaceAllString(path, "$1")
	path = threadPage.ReplaceAllString(path, "/$1-1-1$2")
	path = pageOfText.ReplaceAllString(path, "$1$2")
	path = indexPage.ReplaceAllString(path, "/")
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return (&url.URL{Path: path}).EscapedPath()
}

// Parameters that are no part of an article's place, beside identityTrackers.
var (
	sessions   = []string{"jsessionid", "phpsessid", "sid", "sessionid", "session_id", "aspsessionid*", "cfid", "cftoken", "zenid", "osessionid"}
	wayfarers  = []string{"from", "isappinstalled", "src", "ref", "referer", "referrer", "share*", "scene", "clicktime", "enterid", "nsukey", "wxfrom", "wx_fmt", "mobile", "ismobile", "wap", "amp", "tdsourcetag", "bdchannel", "pvid"}
	shapeNames = []string{"mobile", "ismobile", "wap", "amp", "print", "isprint"} // of the page, not of the article
	pageNames  = []string{"page", "pageno", "pageindex", "pagenum", "pagenumber", "curpage", "currentpage", "cpage", "page_no", "page_num"}
	timeNames  = []string{"t", "_t", "_", "r", "rnd", "rand", "random", "timestamp", "time", "ts", "nocache", "v", "ver", "version"}
)

// placeQuery keeps, in their order by name, the parameters that tell which article is meant.
func placeQuery(query string) string {
	if query == "" {
		return ""
	}
	var kept []string
	for p := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(p, "=")
		name = strings.ToLower(name)
		switch {
		case p == "", listed(name, identityTrackers), listed(name, trackers), listed(name, sessions):
		case listed(name, wayfarers) && len(value) < 40 && !hasDigit(value) || slices.Contains(timeNames, name) && (epoch.MatchString(value) || value == ""):
		case slices.Contains(shapeNames, name) && yesOrNo.MatchString(value):
		case slices.Contains(pageNames, name) && smallPage.MatchString(value):
		default:
			if plain, err := url.QueryUnescape(p); err == nil && !strings.ContainsAny(plain, "&#+%") {
				p = plain
			}
			kept = append(kept, escapedQuery(p))
		}
	}
	slices.Sort(kept)
	return strings.Join(kept, "&")
}

func escapedQuery(p string) string {
	var b strings.Builder
	escape(&b, p)
	return b.String()
}

// listed tells whether a table holds a parameter; a name that ends in * stands for all that begin so.
func listed(name string, table []string) bool {
	return slices.ContainsFunc(table, func(t string) bool {
		prefix, any := strings.CutSuffix(t, "*")
		return t == name || any && strings.HasPrefix(name, prefix)
	})
}

// Places are the forms in which an item's address may be held: as it is compared today, and as it
// was before doors, sessions and pages were left out.
func Places(address, link string) []string {
	all := []string{address}
	if key := addressKey(nil, link); key != "" && key != address {
		all = append(all, key)
	}
	return all
}
