package aggregator

import (
	"bytes"
	"mime"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode"

	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// What stands at an item's address need not be its article: sites answer for what they took away
// with their home page, with another article, or with a search; and some link straight to a file.

// likeness is how much of the shorter of two titles must be in the other, in pairs of letters, for
// them to be of one article. Sites shorten and reword what stands in lists; they do not rename it.
const likeness = 0.25

// sameArticle tells, by an error, that the page at an address is another's than an item's.
func sameArticle(it *models.Item, page *parse.Page, address string) error {
	if isHome(address) && !isHome(it.Link) {
		return models.Fail(models.ErrPageChanged, "not its article, but the home page of its site, “%s”", page.Title)
	}
	ours, theirs := letters(it.Title), letters(page.Title)
	if len(ours) < 4 || len(theirs) < 4 || like(ours, theirs) >= likeness {
		return nil
	}
	if body := letters(page.Body.Value); strings.Contains(string(body[:min(len(body), 300)]), string(ours)) {
		return nil // under another heading
	}
	return models.Fail(models.ErrPageChanged, "not its article, but one that is called “%s”", page.Title)
}

// letters are what of a text is compared: no space, no punctuation, no markup that matters.
func letters(s string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s))
}

// like tells how many of the pairs of the shorter of two texts are in the other, as a share.
func like(a, b []rune) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	pairs := make(map[[2]rune]bool, len(b))
	for i := range len(b) - 1 {
		pairs[[2]rune(b[i:i+2])] = true
	}
	common := 0
	for i := range len(a) - 1 {
		if pairs[[2]rune(a[i:i+2])] {
			common++
		}
	}
	return float64(common) / float64(len(a)-1)
}

var homePath = regexp.MustCompile(`(?i)^/?(?:(?:index|default|home|main)(?:\.[a-z]{2,5})?)?$`)

// isHome tells the address of a site's home page.
func isHome(address string) bool {
	at, err := url.Parse(address)
	return err == nil && homePath.MatchString(at.Path) && at.RawQuery == ""
}

// marks are how files begin that sites attach, whatever they are said to be.
var marks = [...]struct{ begin, kind string }{
	{"%PDF-", "application/pdf"},
	{"PK\x03\x04", "application/zip"},                                // docx, xlsx, ofd and their like, too
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/octet-stream"}, // doc, xls, ppt, wps
	{"{\\rtf", "application/rtf"}, {"Rar!\x1a", "application/vnd.rar"}, {"7z\xbc\xaf", "application/x-7z-compressed"},
	{"\x89PNG\r", "image/png"}, {"\xff\xd8\xff", "image/jpeg"}, {"GIF8", "image/gif"}, {"ID3", "audio/mpeg"},
}

// fileKind is the media type of an answer that is a file to be taken away; empty: it is a page.
func fileKind(resp *fetch.Response) string {
	told, _, _ := mime.ParseMediaType(resp.ContentType)
	if isPage(told) {
		told = ""
	}
	begin := resp.Body[:min(len(resp.Body), 512)]
	body := bytes.TrimLeft(begin, " \t\r\n\ufeff")
	for _, m := range marks {
		if bytes.HasPrefix(body, []byte(m.begin)) {
			return specific(told, parse.FileType(resp.URL), m.kind)
		}
	}
	switch {
	case bytes.HasPrefix(body, []byte("<")), len(body) == 0:
		return ""
	case bytes.IndexByte(begin, 0) >= 0 && !wide(begin):
		return specific(told, parse.FileType(resp.URL), "application/octet-stream")
	}
	for _, family := range []string{"application/", "image/", "audio/", "video/"} {
		if strings.HasPrefix(told, family) {
			return specific(told, parse.FileType(resp.URL), told)
		}
	}
	return ""
}

// isPage tells a media type that is none of a file.
func isPage(kind string) bool {
	return kind == "" || strings.HasPrefix(kind, "text/") || strings.Contains(kind, "html") || strings.HasSuffix(kind, "xml") || strings.Contains(kind, "json")
}

// specific is the first of the media types that says what a file is, else the last.
func specific(kinds ...string) string {
	for _, k := range kinds {
		if k != "" && k != "application/octet-stream" && k != "application/x-msdownload" && k != "application/force-download" {
			return k
		}
	}
	return kinds[len(kinds)-1]
}

// wide tells a text of which each letter has two bytes.
func wide(begin []byte) bool {
	return bytes.HasPrefix(begin, []byte("\xff\xfe")) || bytes.HasPrefix(begin, []byte("\xfe\xff")) || bytes.HasPrefix(begin, []byte("\x00<")) || bytes.HasPrefix(begin, []byte("<\x00"))
}

var scripted = regexp.MustCompile(`(?i)^\.(?:s?html?|xhtml|aspx?|jspx?|php|do|action)$`)

// attach makes a file at the address of an item part of it; nothing else is known of it thereby.
func attach(it *models.Item, resp *fetch.Response, kind string) {
	for i := range it.Media {
		if m := &it.Media[i]; m.URL == resp.URL || m.URL == it.Link {
			m.Type, m.Length = kind, resp.Bytes
			return
		}
	}
	title := it.Title
	if ending := path.Ext(resp.URL); !scripted.MatchString(ending) && len(ending) > 1 && len(ending) <= 5 && !strings.HasSuffix(title, ending) {
		title += ending
	}
	it.Media = append(it.Media, models.Media{URL: resp.URL, Type: kind, Length: resp.Bytes, Title: title})
}
