package normalize

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// teller notes how a feed or an item is read, while it is read. A nil one notes nothing.
type teller struct {
	steps    []models.Step
	pictures int
}

// maxPictures is of how many pictures of a text it is told what became of them.
const maxPictures = 10

// listen begins to note what is being read, where somebody asked for it.
func (n *document) listen() *teller {
	n.told = nil
	if n.in.Steps {
		n.told = &teller{}
	}
	return n.told
}

// tell notes a step; what it came from is told where it came out as something else.
func (t *teller) tell(what, from, to, why string) {
	if t == nil {
		return
	}
	from, to, why = inLine(from), inLine(to), fold(cut(why, 2000))
	if from == to {
		from = ""
	}
	if from+to+why != "" {
		t.steps = append(t.steps, models.Step{Stage: models.StageNormalized, What: what, From: from, To: to, Why: why})
	}
}

func inLine(s string) string { return clip(fold(cut(s, 1000)), 200) }

// all is what was noted.
func (t *teller) all() []models.Step {
	if t == nil {
		return nil
	}
	if more := t.pictures - maxPictures; more > 0 {
		t.tell("picture", "", "", fmt.Sprintf("%d more were changed or dropped", more))
	}
	return t.steps
}

// feed notes what was read of the document itself.
func (t *teller) feed(n *document, feed *models.Feed) {
	if t == nil {
		return
	}
	f := &n.Document.Feed
	t.tell("feed id", f.ID, feed.ID, "")
	t.tell("feed title", f.Title.Value, feed.Title, "")
	t.tell("feed link", f.Link, feed.Link, "")
	t.tell("language", f.Language, n.language, "of items that name none")
	t.tell("zone", "", zoneOf(n.in.Source.Location), "of dates that name none")
	base := "none is known: relative addresses stay so"
	if n.base != nil {
		base = n.base.Redacted()
	}
	t.tell("base", "", base, "of relative addresses outside any xml:base")
}

// date notes how a date was read, or why not.
func (t *teller) date(what string, m models.Moment, r *reading, in Input) {
	switch {
	case t == nil || what == "":
	case m.At == 0:
		t.tell(what, m.Raw, "", "refused: "+r.refusal())
	default:
		t.tell(what, m.Raw, m.At.Time().Format("2006-01-02T15:04:05.999Z07:00"), r.how(in.Source.Location, m.Precision))
	}
}

// identity notes by what an entry is known.
func (t *teller) identity(e *parse.Entry, parts []string, id string) {
	if t == nil {
		return
	}
	guid := strings.TrimSpace(e.GUID)
	own := parts[0] == "guid" || parts[0] == "address" && isAddress(guid) && addressKey(nil, guid) == parts[1]
	why := map[string]string{"guid": "its guid", "address": "its link", "told": "its title and date", "text": "its text"}[parts[0]]
	switch {
	case own && parts[0] == "address":
		why = "its guid, compared as an address"
	case own:
	case guid == "":
		why += ", as it has no guid"
	default:
		why += ", as its guid " + quoted(guid) + " tells nothing apart"
	}
	t.tell("id", parts[1], id, why)
}

// tellShared notes the id that an item got because others of its document have its identity.
func tellShared(it *models.Item) {
	if it.Steps == nil || it.ID == it.Identity {
		return
	}
	t := teller{steps: it.Steps}
	t.tell("id", it.Identity, it.ID, "several entries are known by the same: link, title and date tell them apart")
	it.Steps = t.steps
}

// text notes what the cleaning of a text left of it.
func (t *teller) text(source parse.Text, b *body) {
	if t == nil || source.Value == "" {
		return
	}
	from, why := "plain text", ""
	if source.HTML {
		from, why = "HTML", lost(source.Value, b.html)
	}
	t.tell("text", fmt.Sprintf("%s, %d bytes", from, len(source.Value)), fmt.Sprintf("safe HTML, %d bytes", len(b.html)), why)
}

// picture notes what became of an image in a text; to is empty where it went.
func (t *teller) picture(attributes []html.Attribute, base *url.URL, to, why string) {
	if t == nil {
		return
	}
	src := get(attributes, "src")
	if to != "" && resource(base, src) == to {
		return
	}
	if t.pictures++; t.pictures <= maxPictures {
		t.tell("picture", src, to, why)
	}
}

// rest notes what else was read of an entry, in a document of a language.
func (t *teller) rest(e *parse.Entry, it *models.Item, base *url.URL, language string) {
	if t == nil {
		return
	}
	t.tell("title", e.Title.Value, it.Title, "")
	t.link(e, it.Link, base)
	t.people(e.People, it.People)
	t.files(e.Media, it.Media)
	t.tell("categories", headings(e.Categories), headings(it.Categories), "")
	if it.Language != language {
		t.tell("language", e.Language, it.Language, "")
	}
}

// link notes what became of the entry's link.
func (t *teller) link(e *parse.Entry, link string, base *url.URL) {
	why, raw := "", strings.TrimSpace(e.Link)
	switch {
	case link == "" && raw == "":
		why = "the entry has none"
	case link == "":
		why = "it is no address of the web"
	case raw == "" || e.IsLink && e.Link == e.GUID:
		why, raw = "its guid, which says of itself that it is an address", strings.TrimSpace(e.GUID)
	case raw == link:
	case isAddress(raw):
		why = "tidied"
	case base != nil:
		why = "relative to " + quoted(base.Redacted())
	default:
		why = "where the document came from is not known, so that it stays relative"
	}
	if link != "" && link != resource(base, raw) {
		why += "; without the parameters that only track readers"
	}
	t.tell("link", raw, link, strings.TrimPrefix(why, "; "))
}

// people notes who had a part.
func (t *teller) people(told, kept []models.Person) {
	why := ""
	if n := len(told) - len(kept); n > 0 {
		why = fmt.Sprintf("%d of them are nobody, or told twice", n)
	}
	t.tell("people", names(told), names(kept), why)
}

func names(people []models.Person) string {
	var all []string
	for _, p := range people {
		s := strings.TrimSpace(p.Role + " " + cmp.Or(p.Name, p.URI))
		if p.Email != "" {
			s += " <" + p.Email + ">"
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

// files notes what became of the entry's files.
func (t *teller) files(told, kept []models.Media) {
	var all []string
	for _, m := range kept {
		all = append(all, strings.TrimSpace(m.URL+" "+m.Type))
	}
	why := ""
	if n := len(told) - len(kept); n > 0 {
		why = fmt.Sprintf("%d of them have no address of the web, or are told twice", n)
	}
	t.tell("files", "", strings.Join(all, ", "), why)
}

func headings(all []models.Category) string {
	var terms []string
	for _, c := range all {
		terms = append(terms, cmp.Or(c.Term, c.Label))
	}
	return strings.Join(terms, ", ")
}

// lost tells in words which tags and attributes of markup are not in what was made of it.
func lost(before, after string) string {
	had, has := tallied(before), tallied(after)
	var whole, tags, attributes []string
	for _, key := range slices.Sorted(maps.Keys(had)) {
		n := had[key] - has[key]
		switch name, isTag := strings.CutPrefix(key, "<"); {
		case n <= 0:
		case !isTag:
			attributes = append(attributes, fmt.Sprintf("%s %d", key, n))
		case swallowing[name]:
			whole = append(whole, fmt.Sprintf("<%s> %d", name, n))
		default:
			tags = append(tags, fmt.Sprintf("<%s> %d", name, n))
		}
	}
	var why []string
	for _, l := range []struct {
		what string
		list []string
	}{{"dropped with all that is in it", whole}, {"tags dropped", tags}, {"attributes dropped", attributes}} {
		if len(l.list) > 0 {
			why = append(why, l.what+": "+clip(strings.Join(l.list, ", "), maxName))
		}
	}
	return strings.Join(why, "; ")
}

// tallied counts the tags of markup, as <name, and their attributes.
func tallied(markup string) map[string]int {
	count := map[string]int{}
	z := html.NewTokenizer(strings.NewReader(markup))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return count
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			if blocks[tag.Data] { // it becomes a div
				tag.Data = "div"
			}
			count["<"+tag.Data]++
			for _, a := range tag.Attr {
				count[a.Key]++
			}
		}
	}
}
