package parse

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"civicfeed/models"
)

// fileTypes are the media types of files that come with articles.
var fileTypes = map[string]string{
	"pdf": "application/pdf", "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"zip":  "application/zip", "rar": "application/vnd.rar", "7z": "application/x-7z-compressed", "wps": "application/vnd.ms-works",
	"et": "application/octet-stream", "ofd": "application/ofd", "ceb": "application/octet-stream", "odt": "application/vnd.oasis.opendocument.text",
	"ods": "application/vnd.oasis.opendocument.spreadsheet", "csv": "text/csv", "rtf": "application/rtf",
	"hwp": "application/x-hwp", "hwpx": "application/hwp+zip",
	"mp3": "audio/mpeg", "mp4": "video/mp4", "m4a": "audio/mp4",
}

// FileType is the media type that the ending of an address tells; empty: it tells none of a file that
// comes with articles.
func FileType(address string) string {
	way, _, _ := strings.Cut(address, "?")
	return fileTypes[strings.ToLower(strings.TrimPrefix(path.Ext(way), "."))]
}

var (
	sizeTold  = regexp.MustCompile(`(?i)(\d{1,7}(?:[.,]\d{1,3})?)\s*(字节|bytes?|kb|mb|gb|k|m|b)\b?`)
	inBracket = regexp.MustCompile(`[（(\[【]([^）)\]】]{1,40})[）)\]】]`)
	fileName  = regexp.MustCompile(`(?i)\.(pdf|docx?|xlsx?|pptx?|zip|rar|7z|wps|et|ofd|ceb|odt|ods|csv|rtf|hwpx?|mp[34]|m4a)\b`)
	download  = regexp.MustCompile(`(?i)down(?:load|file|\.)|attach|fujian|/files?/`)
)

// readFiles lists the pictures of the text, and the files attached to it.
func (r *reading) readFiles() {
	if r.body > 0 {
		seen := map[string]bool{}
		for _, pic := range r.pictures {
			if !within(pic.node, r.boxes[r.body].node) || r.dropped[pic.line] && pic.line <= r.title {
				continue
			}
			src := sourceOf(pic.node)
			if src == "" || seen[src] || isIcon(pic.node, src) || len(r.page.Images) >= 200 {
				continue
			}
			seen[src] = true
			r.page.Images = append(r.page.Images, models.Media{URL: src, Title: squeeze(attrOf(pic.node, "alt")), Inline: true})
		}
		if len(r.page.Images) > 0 {
			r.set("Image", &r.page.Image, r.page.Images[0].URL, "first picture of the text")
		}
	}
	r.readAttachments()
}

// lazyNames are the attributes in which pages that load pictures late keep the address.
var lazyNames = []string{"data-original", "data-src", "data-lazy-src", "data-actualsrc", "data-original-src", "data-url", "data-echo", "data-lazy", "zoomfile", "file", "_src", "original", "oldsrc"}

func sourceOf(n *html.Node) string {
	for _, name := range lazyNames {
		if v := strings.TrimSpace(attrOf(n, name)); v != "" && strings.ContainsAny(v, "/.") {
			return v
		}
	}
	src := strings.TrimSpace(attrOf(n, "src"))
	if strings.HasPrefix(strings.ToLower(src), "data:") || len(src) > maxAddress {
		return ""
	}
	return src
}

var iconName = regexp.MustCompile(`(?i)(?:icon|/ico/|spacer|blank\.|loading|fileTypeImages|/emot|/face/|qrcode|ewm|erweima|logo|/weixin\.|share)`)

func isIcon(n *html.Node, src string) bool {
	for _, key := range []string{"width", "height"} {
		if v, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(attrOf(n, key)), "px")); err == nil && v > 0 && v <= 32 {
			return true
		}
	}
	return iconName.MatchString(src)
}

// readAttachments lists the links to files in the text and right behind it.
func (r *reading) readAttachments() {
	seen := map[string]bool{}
	for i := max(r.start, 0); i < min(r.end+20, len(r.lines)); i++ {
		l := &r.lines[i]
		if i >= r.end && (isFooter(r.text(i)) || isRelated(r.text(i))) {
			return
		}
		if l.linked == 0 || l.runes > 600 {
			continue
		}
		for k, x := range r.pieces[l.from:l.to] {
			if x.link == nil || len(r.page.Attachments) >= 100 {
				continue
			}
			href := addressOf(x.link)
			ext := extOf(href, x.link)
			if href == "" || ext == "" || seen[href] {
				continue
			}
			seen[href] = true
			behind := squeeze(textOf(x.link))
			if next := l.from + k + 1; next < l.to {
				behind += " " + squeeze(r.pieces[next].node.Data)
			}
			r.page.Attachments = append(r.page.Attachments, models.Media{
				URL: href, Type: fileTypes[ext], Length: sizeIn(behind), Title: titleOfFile(x.link, ext),
			})
		}
	}
	if len(r.page.Attachments) > 0 {
		r.page.Where["Attachments"] = "links to files"
	}
}

// extOf tells the kind of a file by its address, or by what its link is called where that is one to load.
func extOf(href string, link *html.Node) string {
	clean, query, _ := strings.Cut(href, "?")
	clean, _, _ = strings.Cut(clean, "#")
	if ext := strings.ToLower(strings.TrimPrefix(path.Ext(clean), ".")); fileTypes[ext] != "" {
		return ext
	}
	if m := fileName.FindStringSubmatch(query); m != nil {
		return strings.ToLower(m[1])
	}
	text := squeeze(textOf(link))
	if !strings.Contains(text+attrOf(link, "download")+attrOf(link, "title"), ".") {
		return ""
	}
	if !download.MatchString(href) && attrOf(link, "download") == "" && !strings.Contains(text, "附件") {
		return ""
	}
	for _, s := range []string{attrOf(link, "download"), text, attrOf(link, "title")} {
		if m := fileName.FindStringSubmatch(s); m != nil {
			return strings.ToLower(m[1])
		}
	}
	return ""
}

// titleOfFile is what a link to a file is called, without its size.
func titleOfFile(link *html.Node, ext string) string {
	text := squeeze(textOf(link))
	for _, m := range inBracket.FindAllStringSubmatch(text, -1) {
		if sizeTold.MatchString(m[1]) {
			text = strings.TrimSpace(strings.Replace(text, m[0], "", 1))
		}
	}
	if t := squeeze(attrOf(link, "title")); text == "" || (text == "下载" || text == "附件" || text == "点击下载" || strings.EqualFold(text, ext)) && t != "" {
		return t
	}
	return text
}

// sizeIn reads the size told behind a link to a file, in bytes; 0: none is told.
func sizeIn(s string) int64 {
	for _, b := range inBracket.FindAllStringSubmatch(s, -1) {
		if n := bytesIn(b[1]); n > 0 {
			return n
		}
	}
	if i := strings.LastIndex(s, "大小"); i >= 0 {
		return bytesIn(s[i:])
	}
	return 0
}

func bytesIn(s string) int64 {
	m := sizeTold.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
	if err != nil {
		return 0
	}
	switch strings.ToLower(m[2])[0] {
	case 'k':
		v *= 1 << 10
	case 'm':
		v *= 1 << 20
	case 'g':
		v *= 1 << 30
	}
	return int64(v)
}
