package normalize

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"net/url"
	"slices"
	"strings"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// identityOf is what an entry is known by, whatever else its document holds.
//
// IDENTITIES ARE FOR EVER: everything in this file is part of what published ids mean. It may be
// added to where entries had none, and never changed.
//
// An identity is the first 16 bytes of SHA-256, in lower-case base32, over the source's key and
// these parts, each preceded by its length:
//
//   - the guid, where it is usable: not empty, no placeholder, not the feed's own id or address.
//     One that is an http(s) address counts as an address, so that a feed which later adds
//     permalinks as guids, or drops them, keeps its ids;
//   - else the link, unless it is the feed's own or its home page's, as an address: without
//     scheme, default port, credentials and the tracking parameters of identityTrackers; its host
//     in lower case;
//   - else title and date as written; and the text, where one of them is missing.
//
// Feeds exist in which many entries have one identity; see [Identify].
func (n *document) identityOf(e *parse.Entry) string {
	parts := n.identity(e)
	id := digest(append([]string{n.in.Source.Key}, parts...)...)
	n.told.identity(e, parts, id)
	return id
}

func digest(parts ...string) string {
	size := 0
	for _, p := range parts {
		size += 8 + len(p)
	}
	b := make([]byte, 0, size)
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(p))), p...)
	}
	sum := sha256.Sum256(b)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// identity is the kind of an entry's identity, and its parts.
func (n *document) identity(e *parse.Entry) []string {
	guid := strings.TrimSpace(e.GUID)
	if n.usable(guid) {
		if key := addressKey(nil, guid); isAddress(guid) && key != "" {
			return []string{"address", key}
		}
		return []string{"guid", guid}
	}
	if link := n.linkKey(e); link != "" && !n.home(link) {
		return []string{"address", link}
	}
	title, date := squeeze(e.Title.Value), squeeze(e.Published+e.Updated)
	if title != "" && date != "" {
		return []string{"told", title, date}
	}
	return []string{"text", title, date, squeeze(cmp.Or(e.Content.Value, e.Summary.Value))}
}

// placeholders are guids that content systems write for none.
var placeholders = []string{"", "0", "-1", "-", "null", "nil", "none", "undefined", "n/a", "nan", "guid", "false", "true"}

func (n *document) usable(guid string) bool {
	f := &n.Document.Feed
	return !slices.Contains(placeholders, strings.ToLower(guid)) &&
		guid != strings.TrimSpace(f.ID) && !(isAddress(guid) && n.home(addressKey(nil, guid)))
}

// home tells whether an address is the feed's own, or that of its home page.
func (n *document) home(key string) bool {
	f := &n.Document.Feed
	return key != "" && (key == addressKey(n.base, f.Link) || key == addressKey(n.base, f.Self) || key == addressKey(nil, n.in.URL))
}

func (n *document) linkKey(e *parse.Entry) string { return addressKey(n.entryBase(e), e.Link) }

// identityTrackers are the parameters that are no part of an address's identity. The table is
// apart from that of links because it can never change.
var identityTrackers = []string{
	"utm_*", "gclid", "dclid", "fbclid", "msclkid", "yclid", "_ga", "mc_cid", "mc_eid", "spm", "scm", "xtor",
	"isappinstalled", "nsukey", "share_source", "share_medium",
}

// addressKey is what an address is known by.
func addressKey(base *url.URL, raw string) string {
	u := resolve(base, raw)
	if u == nil {
		return ""
	}
	key := u.Host + u.EscapedPath()
	if query := untracked(u.RawQuery, identityTrackers); query != "" {
		key += "?" + query
	}
	if u.Fragment != "" {
		key += "#" + u.Fragment
	}
	return key
}

// hashOf is the hash of what people read: another one is an update. White space and dates are no part
// of it, nor are addresses, which often carry a passing key or name one of many hosts: only a file
// with another path is another file.
func hashOf(it *models.Item) string {
	parts := []string{squeeze(it.Title), squeeze(it.Summary), squeeze(it.Text), fileKey(it.Image)}
	for _, m := range it.Media {
		parts = append(parts, "media", fileKey(m.URL))
	}
	for _, p := range it.People {
		parts = append(parts, "person", p.Role, p.Name)
	}
	return digest(parts...)
}

func fileKey(address string) string {
	if u := resolve(nil, address); u != nil {
		return u.EscapedPath()
	}
	return ""
}
