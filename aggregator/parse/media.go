package parse

import (
	"strconv"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"

	"civicfeed/models"
)

// enclosures lists the files that are attached to an entry.
func (t tree) enclosures(base string) []models.Media {
	var all []models.Media
	for _, n := range t.nodes(own, "enclosure") {
		all = appendMedia(all, models.Media{URL: or(address(n, base, "url"), address(n, base, "href")), Type: attr(n, "type"), Length: size(attr(n, "length"))})
	}
	for _, n := range t.nodes(own, "link") {
		if relation(n) == "enclosure" {
			all = appendMedia(all, models.Media{URL: or(address(n, base, "href"), n.Value), Type: attr(n, "type"), Length: size(attr(n, "length")), Title: attr(n, "title")})
		}
	}
	return all
}

// media lists media:content, alone or in groups.
func (t tree) media() []models.Media {
	var all []models.Media
	add := func(nodes []ext.Extension) {
		for _, n := range nodes {
			m := models.Media{URL: address(n, "", "url"), Type: attr(n, "type"), Length: size(attr(n, "filesize")), Inline: true}
			if m.Type == "" && attr(n, "medium") != "" {
				m.Type = attr(n, "medium") + "/*"
			}
			for _, title := range n.Children["title"] {
				m.Title = title.Value
			}
			all = appendMedia(all, m)
		}
	}
	add(t.nodes("media", "content"))
	for _, g := range t.nodes("media", "group") {
		add(g.Children["content"])
	}
	return all
}

func appendMedia(all []models.Media, m models.Media) []models.Media {
	if m.URL == "" {
		return all
	}
	return append(all, m)
}

// size reads a length in bytes; 0 for none that can be true.
func size(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// image is the address of the picture that stands for an entry.
func (t tree) image() string {
	for _, n := range [][]ext.Extension{t.nodes("media", "thumbnail"), t.inMedia("thumbnail")} {
		if len(n) > 0 {
			return address(n[0], "", "url")
		}
	}
	for _, n := range t.nodes(own, "image") {
		for _, u := range append(n.Children["url"], n.Children["link"]...) {
			return u.Value
		}
		if n.Value != "" {
			return n.Value
		}
	}
	return t.attr("itunes", "image", "href")
}

// inMedia lists children of media:content and media:group.
func (t tree) inMedia(child string) []ext.Extension {
	var found []ext.Extension
	for _, parent := range append(t.nodes("media", "group"), t.nodes("media", "content")...) {
		found = append(found, parent.Children[child]...)
		for _, c := range parent.Children["content"] {
			found = append(found, c.Children[child]...)
		}
	}
	return found
}

func (t tree) mediaText(name string) Text {
	for _, n := range append(t.nodes("media", name), t.inMedia(name)...) {
		if n.Value != "" {
			return Text{Value: n.Value, HTML: attr(n, "type") == "html" || looksLikeHTML(n.Value)}
		}
	}
	return Text{}
}
