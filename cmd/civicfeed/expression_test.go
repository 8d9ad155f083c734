package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"civicfeed/aggregator/decode"
)

// Some feeds of the corpus hold an expression that is true of what is to be read in them, in the
// notation of the reader they were written for: not bozo and entries[0]['title'] == 'x'.

var expectation = regexp.MustCompile(`Description:\s*(?:.*?)\s*Expect:\s*(.*)\s*-->`)

// expression finds the one that a file holds. Those about sanitizing are left out: our policy is
// another.
func expression(t *testing.T, folder string, f corpusFile) string {
	if !strings.HasPrefix(f.name, "parsing/feedparser/") || strings.Contains(f.kind, "sanitize") {
		return ""
	}
	body, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(f.name)))
	if err != nil {
		t.Error(err)
	}
	text := decode.Text{Bytes: body}
	if wide := bytes.IndexByte(body[:min(4, len(body))], 0) >= 0 || bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff")); wide {
		if text, err = decode.Decode(body, "", ""); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
	if m := expectation.FindSubmatch(bytes.ToValidUTF8(text.Bytes, nil)); m != nil {
		return strings.TrimSpace(string(m[1]))
	}
	return ""
}

// beyond are expressions that no JSON Feed can meet whose titles and other lines are plain text, whose
// dates are those of RFC 3339, and whose lengths are numbers.
var beyond = regexp.MustCompile(`\b(title|rights|copyright|tagline|subtitle|info|summary|description)(_detail)?\b.* == .*(<|&\S+;)|` +
	`'(published|updated|modified|issued)'\] == |'length'`)

// holds tells whether an expression is true of a report. One that names what is not there is not.
func (r *report) holds(expr string, read bool) (yes bool) {
	root := dict{"version": r.Version, "feed": r.Feed.dict(read, true), "bozo": !strings.Contains(expr, "not bozo")}
	var entries []any
	for _, e := range r.Entries {
		entries = append(entries, e.dict(read, false))
	}
	root["entries"] = entries
	defer func() {
		if v := recover(); v != nil {
			if _, wrong := v.(error); !wrong {
				panic(v)
			}
			yes = false
		}
	}()
	p := &python{rest: expr, names: root}
	v := p.or()
	if p.space(); p.rest != "" {
		panic(fmt.Errorf("left over: %s", p.rest))
	}
	return truth(v)
}

// dict is an object of that reader, whose keys have older names too.
type dict map[string]any

var older = map[string]string{
	"channel": "feed", "items": "entries", "guid": "id", "date": "updated", "date_parsed": "updated_parsed", "modified": "updated",
	"modified_parsed": "updated_parsed", "issued": "published", "issued_parsed": "published_parsed", "copyright": "rights",
	"copyright_detail": "rights_detail", "tagline": "subtitle", "tagline_detail": "subtitle_detail", "info": "subtitle", "url": "href",
}

func (d dict) get(key string) any {
	if detail, ok := strings.CutPrefix(key, "description"); ok {
		for _, k := range []string{"summary" + detail, "subtitle" + detail} {
			if v, ok := d[k]; ok {
				return v
			}
		}
	}
	if tags, ok := d["tags"].([]any); ok && key == "category" {
		return tags[0].(dict)["term"]
	}
	for _, k := range []string{key, older[key]} {
		if v, ok := d[k]; ok {
			return v
		}
	}
	panic(errors.New("no " + key))
}

// dict gives an account that reader's shape. What was read tells of every field, if only that it is
// nothing; what is expected leaves out what is absent.
func (a *account) dict(read, feed bool) dict {
	d := dict{}
	put := func(key, value string, always, detailed bool) {
		var v any = value
		if value == "" && read {
			v = nil
		}
		if value == "" && !(read && always) {
			return
		}
		d[key] = v
		if detailed {
			d[key+"_detail"] = dict{"value": v}
		}
	}
	put("id", a.ID, true, false)
	put("title", a.Title, true, true)
	put("link", a.Link, true, false)
	put("subtitle", a.Subtitle, feed, true)
	put("language", a.Language, feed, false)
	put("rights", a.Rights, feed, true)
	put("generator", a.Generator, feed, false)
	put("summary", a.Summary, !feed, true)
	put("comments", a.Comments, false, false)
	put("published", a.PublishedRaw, false, false)
	put("updated", a.UpdatedRaw, false, false)
	for key, at := range map[string]string{"published_parsed": a.Published, "updated_parsed": a.Updated} {
		if at, err := time.Parse(time.RFC3339, at); err == nil {
			d[key] = clock(at)
		}
	}
	var people, tags, enclosures []any
	for _, p := range a.Authors {
		people = append(people, trimmed(dict{"name": p.Name, "email": p.Email, "href": p.URI}))
	}
	if len(a.Authors) > 0 {
		first := a.Authors[0]
		d["authors"], d["author_detail"], d["author"] = people, people[0], either(first.Name, first.Email)
		if first.Name != "" && first.Email != "" {
			d["author"] = first.Name + " (" + first.Email + ")"
		}
	}
	for _, c := range a.Categories {
		tags = append(tags, dict{"term": c})
	}
	if len(tags) > 0 {
		d["tags"] = tags
	}
	if a.Image != "" {
		d["image"] = dict{"href": a.Image}
	}
	if a.Content != "" {
		d["content"] = []any{dict{"value": a.Content}}
		if _, ok := d["summary"]; !ok {
			d["summary"], d["summary_detail"] = a.Content, dict{"value": a.Content}
		}
	}
	for _, e := range a.Enclosures {
		enclosures = append(enclosures, trimmed(dict{"href": e.URL, "type": e.Type, "length": e.Length}))
	}
	if len(enclosures) > 0 {
		d["enclosures"] = enclosures
	}
	if a.Link != "" {
		d["links"] = []any{dict{"rel": "alternate", "href": a.Link}}
	}
	return d
}

func trimmed(d dict) dict {
	maps.DeleteFunc(d, func(_ string, v any) bool { return v == "" })
	return d
}

// clock is a moment as nine numbers.
func clock(t time.Time) []any {
	return []any{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), int(t.Weekday()+6) % 7, t.YearDay(), 0}
}

func TestExpressions(t *testing.T) {
	r := &report{Version: "rss20", Feed: account{Title: "临湖", Authors: []person{{Name: "李伟", Email: "li@linhu.example"}}}, Entries: []*account{
		{Title: "it's", Content: "正文", Published: "2026-10-04T08:30:00Z", Categories: []string{"民生"}},
	}}
	for expr, want := range map[string]bool{
		`not bozo and feed['title'] == u'\u4e34湖'`:                          true,
		`bozo and version == "rss20"`:                                       true,
		`not bozo and version == "rss10"`:                                   false,
		`entries[0].title == 'it\'s' and entries[0]['summary'] == ''`:       false,
		`channel.author == '李伟 (li@linhu.example)'`:                         true,
		`(entries[0]['category'] == "民生") and len(items) == 1`:              true,
		`items[0].issued_parsed == (2026, 10, 4, 8, 30, 0, 6, 277, 0)`:      true,
		`feed.author_detail == {'name': '李伟', 'email': 'li@linhu.example'}`: true,
		`feed.nothing == 1`:                             false,
		`entries[1].title == ''`:                        false,
		`feed['title'] == '' or feed.title == """临湖"""`: true,
		`import os`: false,
	} {
		if got := r.holds(expr, false); got != want {
			t.Errorf("%s: %v", expr, got)
		}
	}
}
