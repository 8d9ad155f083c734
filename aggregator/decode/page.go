package decode

import (
	"bytes"
	"regexp"

	"civicfeed/models"
)

var metaCharset = regexp.MustCompile(`(?i)<meta\s[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})`)

// metaWithin is how far the encoding in a page's head is looked for, in bytes; browsers look at
// less, but some pages begin with long comments.
const metaWithin = 16 << 10

// Page is [Decode] for what need not be a feed: pages, sitemaps, lists in JSON. It refuses only what
// is empty. The encoding in an HTML page's head is believed after that of the response.
func Page(body []byte, contentType, hint string) (Text, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return Text{}, models.Fail(models.ErrNotAFeed, "the response is empty")
	}
	var t Text
	labels := claims(body, contentType, "")
	if m := metaCharset.FindSubmatch(body[:min(len(body), metaWithin)]); m != nil {
		labels = append(labels, label{"the page's head", string(m[1])})
	}
	text := bytes.TrimSpace(t.read(body, append(labels, claims(nil, "", hint)...)))
	t.Bytes = bytes.TrimSpace(t.clean(text, inBrackets(text)))
	if len(t.Bytes) == 0 {
		return Text{}, models.Fail(models.ErrNotAFeed, "the response is blank")
	}
	return t, nil
}
