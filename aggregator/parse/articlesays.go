package parse

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxTitle and maxMeta are how many characters of a document's title and of a value in its head are
// read: no editor writes more, and each line of the page is held against them.
const (
	maxTitle = 1000
	maxMeta  = 8000
)

// silence keeps what is to be kept of an element whose text is not read.
func (p *paper) silence(n *html.Node) {
	switch n.DataAtom {
	case atom.Title:
		if p.docTitle == "" {
			p.docTitle = clipRunes(squeeze(rawText(n)), maxTitle)
		}
	case atom.Script:
		if strings.EqualFold(strings.TrimSpace(attrOf(n, "type")), "application/ld+json") && len(p.scripts) < 20 {
			p.scripts = append(p.scripts, rawText(n))
			return
		}
		p.variables(rawText(n))
	}
}

var (
	scriptDate   = regexp.MustCompile(`(?i)\b(?:publish_?(?:time|date)|pub_?(?:time|date)|create_?time|release_?(?:time|date)|ptime)["']?\s*[:=]\s*["'](\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}[^"'<>]{0,20})["']`)
	scriptCredit = regexp.MustCompile(`(?i)\b(?:source(?:_?name)?|content_?source|copy_?from|laiyuan)["']?\s*[:=]\s*["']([^"'<>]{2,40})["']`)
)

// variables keeps what short scripts know of the article, and write into the page later.
func (p *paper) variables(script string) {
	if len(script) > 32<<10 || p.searched > 256<<10 {
		return
	}
	p.searched += len(script)
	if m := scriptDate.FindStringSubmatch(script); m != nil && p.stamped == "" {
		p.stamped = m[1]
	}
	if m := scriptCredit.FindStringSubmatch(script); m != nil && p.outlet == "" && outletName.MatchString(m[1]) {
		p.outlet = m[1]
	}
}

// notice keeps what the page says of itself.
func (p *paper) notice(n *html.Node) {
	switch n.DataAtom {
	case atom.Base:
		p.base = or(p.base, strings.TrimSpace(attrOf(n, "href")))
	case atom.Input:
		p.password = p.password || strings.EqualFold(attrOf(n, "type"), "password")
	case atom.Link:
		if rel := strings.ToLower(attrOf(n, "rel")); rel == "canonical" {
			p.meta["link canonical"] = strings.TrimSpace(attrOf(n, "href"))
		}
	case atom.Meta:
		key := or(attrOf(n, "name"), or(attrOf(n, "property"), or(attrOf(n, "itemprop"), attrOf(n, "http-equiv"))))
		key = strings.ToLower(strings.Join(strings.Fields(key), ""))
		if content := clipRunes(squeeze(html.UnescapeString(attrOf(n, "content"))), maxMeta); key != "" && content != "" && p.meta[key] == "" {
			p.meta[key] = content
		}
	}
}
