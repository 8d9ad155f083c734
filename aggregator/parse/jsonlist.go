package parse

import (
	"bytes"
	stdjson "encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"civicfeed/models"
)

// JSONList reads a list in JSON that is no JSON Feed, be it wrapped in a call or given to a
// variable, into a document of version "json". Paths lead to its parts: names of members with
// points between them, [2] or 2 for an element, [*] for all; that of Items begins at the root, the
// others at an entry. The one of Link may be an address with paths in braces in it. What they leave
// empty is found by its name. Dates stay as they are written, numbers too.
//
// Errors are [models.Failure]: page_changed where a path leads nowhere, not_a_feed, parse, too_large.
func JSONList(text []byte, paths models.JSONPaths) (*Document, error) {
	return guarded(func() (*Document, error) {
		root, err := readTree(text)
		if err != nil {
			return nil, err
		}
		items, err := listIn(root, &paths)
		if err != nil {
			return nil, err
		}
		d := &Document{Version: "json", Feed: Head{Title: Text{Value: textAt(root, "title", "name", "channelName")}}}
		if len(items) > maxEntries {
			items, d.Warnings = items[:maxEntries], append(d.Warnings, onlyFirst)
		}
		without := 0
		for _, it := range items {
			e := jsonListed(it, paths)
			if e.Title.Value == "" && e.Link == "" {
				without++
				continue
			}
			d.Entries = append(d.Entries, e)
		}
		switch {
		case len(items) > 0 && len(d.Entries) == 0:
			return nil, models.Fail(models.ErrPageChanged, "json: none of the %d entries has a title or a link by the paths of feeds.yaml: correct json.title and json.link", len(items))
		case without > 0:
			d.Warnings = append(d.Warnings, count(without, "an entry was left out: it has neither title nor link", "%d entries were left out: they have neither title nor link"))
		}
		return d, nil
	})
}

var (
	jsonCall = regexp.MustCompile(`^(?:/\*\*/)?\s*[\w.$]{1,100}\s*\(`)
	jsonVar  = regexp.MustCompile(`^(?:(?:var|let|const)\s+)?[\w.$]{1,100}\s*=`)
)

// readTree reads JSON, out of what wraps it for a script.
func readTree(text []byte) (root any, err error) {
	text = bytes.TrimSpace(text)
	if len(text) > 0 && text[0] != '{' && text[0] != '[' {
		head := text[:min(len(text), 200)]
		if at := jsonCall.FindIndex(head); at != nil {
			text = text[at[1]:]
		} else if at := jsonVar.FindIndex(head); at != nil {
			text = text[at[1]:]
		}
		text = bytes.TrimSpace(text)
	}
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return nil, models.Fail(models.ErrNotAFeed, "not a list in JSON: %q", excerptOf(squeeze(string(text[:min(len(text), 400)]))))
	}
	if err := jsonLimits(text); err != nil {
		return nil, err
	}
	d := stdjson.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		return nil, models.Fail(models.ErrParse, "parse JSON: %w", err)
	}
	return root, nil
}

// listIn finds the entries, and makes the other paths begin at them.
func listIn(root any, paths *models.JSONPaths) ([]any, error) {
	if paths.Items == "" {
		paths.Items = commonItems(*paths)
	}
	for _, p := range []*string{&paths.Link, &paths.Title, &paths.Date, &paths.ID, &paths.Summary} {
		if whole := strings.TrimSuffix(paths.Items, "[*]"); whole != "" {
			if rest, ok := strings.CutPrefix(*p, whole+"[*]."); ok {
				*p = rest
			}
		}
	}
	if paths.Items == "" {
		best := likeliest(root, 0)
		if best == nil {
			return nil, models.Fail(models.ErrNotAFeed, "no list of articles was found in the JSON: %s; name it in feeds.yaml: json: {items: data.rows}", brief(root))
		}
		return best, nil
	}
	found := follow(root, paths.Items)
	if len(found) == 1 {
		if list, ok := found[0].([]any); ok {
			return list, nil
		}
	}
	if len(found) == 0 || !strings.Contains(paths.Items, "[*]") {
		if refusal := errorIn(root); refusal != "" {
			return nil, models.Fail(models.ErrNotAFeed, "not a list in JSON but an error: %s", refusal)
		}
		return nil, models.Fail(models.ErrPageChanged, "json.items: “%s” leads to no list in %s: correct the path", paths.Items, brief(root))
	}
	return found, nil
}

// commonItems gives what other paths begin with that lead through all entries of a list.
func commonItems(paths models.JSONPaths) string {
	for _, p := range []string{paths.Title, paths.Link, paths.Date, paths.ID} {
		if at := strings.LastIndex(p, "[*]."); at >= 0 && !strings.Contains(p, "{") {
			return p[:at]
		}
	}
	return ""
}

var pathStep = regexp.MustCompile(`\[(\*|\d+)\]|\["([^"]+)"\]|([^.\[\]]+)`)

// follow gives what a path leads to.
func follow(root any, path string) []any {
	at := []any{root}
	for _, m := range pathStep.FindAllStringSubmatch(path, 32) {
		step := m[1] + m[2] + m[3]
		var next []any
		for _, v := range at {
			next = append(next, stepInto(v, step)...)
			if len(next) > maxEntries*4 {
				break
			}
		}
		at = next
	}
	return at
}

func stepInto(v any, step string) []any {
	switch v := v.(type) {
	case map[string]any:
		if step == "*" || step == "$" {
			return []any{v}
		}
		if child, ok := v[step]; ok && child != nil {
			return []any{child}
		}
	case []any:
		if step == "*" {
			return v
		}
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v) {
			return v[i : i+1]
		}
	}
	if step == "$" { // the root, as JSONPath has it (RFC 9535)
		return []any{v}
	}
	return nil
}

// Names by which members are known, the likeliest first; compared without case and marks.
var (
	titleNames   = strings.Fields("title subject headline newstitle articletitle infotitle doctitle biaoti bt name")
	linkNames    = strings.Fields("url link href puburl docpuburl linkurl newsurl articleurl pageurl weburl shareurl staticurl path uri")
	dateNames    = strings.Fields("publishtime publishdate pubdate pubtime published publishedat datepublished releasetime releasedate displaydate displaytime showtime docreltime fbsj fbrq date time createtime createdate createdat crtime inputtime adddate addtime updatetime")
	summaryNames = strings.Fields("summary description abstract digest intro brief docabstract memo zy")
	idNames      = strings.Fields("id articleid newsid docid infoid contentid guid uuid manuscriptid")
)

// likeliest gives the longest array of objects with titles, but for those in the entries of others.
func likeliest(v any, depth int) (best []any) {
	if depth > 8 {
		return nil
	}
	switch v := v.(type) {
	case []any:
		if isListing(v) {
			return v
		}
		for _, child := range v[:min(len(v), 50)] {
			if l := likeliest(child, depth+1); len(l) > len(best) {
				best = l
			}
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			if l := likeliest(v[key], depth+1); len(l) > len(best) {
				best = l
			}
		}
	}
	return best
}

func sortedKeys(v map[string]any) []string {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func isListing(v []any) bool {
	good := 0
	for _, it := range v {
		if m, ok := it.(map[string]any); ok && member(m, titleNames) != "" && (member(m, linkNames) != "" || member(m, idNames) != "" && member(m, dateNames) != "") {
			good++
		}
	}
	return good > 0 && good*2 >= len(v)
}

// member gives the text of the first of the members of a name that has any.
func member(m map[string]any, names []string) string {
	found := map[string]string{}
	for _, key := range sortedKeys(m) {
		name := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key))
		if slices.Contains(names, name) {
			if text := scalarText(m[key]); text != "" {
				found[name] = text
			}
		}
	}
	for _, name := range names {
		if found[name] != "" {
			return found[name]
		}
	}
	return ""
}

// scalar writes a text or a number as it stands.
func scalarText(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case stdjson.Number:
		return v.String()
	}
	return ""
}

func textAt(v any, names ...string) string {
	m, _ := v.(map[string]any)
	for _, name := range names {
		if s, ok := m[name].(string); ok && s != "" {
			return s
		}
	}
	return ""
}

var inBraces = regexp.MustCompile(`\{([^{}]+)\}`)

func jsonListed(it any, paths models.JSONPaths) Entry {
	m, _ := it.(map[string]any)
	told := func(path string, names []string) string {
		if path == "" {
			return member(m, names)
		}
		for _, v := range follow(it, path) {
			if text := scalarText(v); text != "" {
				return text
			}
		}
		return ""
	}
	e := Entry{
		GUID: told(paths.ID, nil), Published: told(paths.Date, dateNames),
		Title: marked(told(paths.Title, titleNames)), Summary: marked(told(paths.Summary, summaryNames)),
	}
	if strings.Contains(paths.Link, "{") {
		e.Link = inBraces.ReplaceAllStringFunc(paths.Link, func(p string) string { return told(p[1:len(p)-1], nil) })
	} else {
		e.Link = told(paths.Link, linkNames)
	}
	if e.Published == "0" {
		e.Published = ""
	}
	return e
}

// marked is a text that may have markup in it: titles with words found in bold, summaries in full.
func marked(s string) Text { return Text{Value: s, HTML: looksLikeHTML(s)} }

// errorIn gives the message of a JSON answer that says something went wrong.
func errorIn(root any) string {
	m, _ := root.(map[string]any)
	code := scalarText(m["code"])
	if code == "" || code == "0" || code == "200" {
		if ok, is := m["success"].(bool); !is || ok {
			return ""
		}
	}
	return excerptOf(strings.TrimSpace(code + " " + textAt(root, "msg", "message", "error", "errmsg")))
}

// brief names the members of a JSON answer.
func brief(root any) string {
	m, ok := root.(map[string]any)
	if !ok {
		return "a JSON array"
	}
	keys := sortedKeys(m)
	return "an object of " + excerptOf(strings.Join(keys[:min(len(keys), 12)], ", "))
}
