package normalize

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"civicfeed/models"
)

// credits is a byline at work, read from its first piece to its last.
type credits struct {
	all    []piece
	people []models.Person
	first  string // the outlet that was told first
	party
	junk bool // something in it is in no byline
}

// party are those who come under one role.
type party struct {
	role     string
	outlet   string
	body     string   // an office or a paper before a role or before names
	words    []string // of the names; empty where a comma stood
	labelled bool     // a colon follows the role: whatever comes is meant as a name
	strict   bool     // the names are written to the role without a gap
}

func (p *party) named() bool {
	return slices.ContainsFunc(p.words, func(w string) bool { return w != "" })
}

// readByline reads all of a scope, or refuses. Names without any role it takes where bare allows.
func readByline(scope string, bare bool) (people []models.Person, outlet string, ok bool) {
	scope = givenBy.ReplaceAllString(scope, "供图:$1 ")
	c := &credits{all: pieces(scope)}
	roles := 0
	for i := 0; i < len(c.all) && !c.junk; {
		if c.all[i].kind == 'r' {
			roles++
		}
		i = c.take(i)
	}
	c.flush()
	if c.junk || roles == 0 && !bare || len(c.people) == 0 && (roles == 0 || c.first == "") {
		return nil, "", false
	}
	return c.people, c.first, true
}

func (c *credits) at(i int) piece {
	if i >= 0 && i < len(c.all) {
		return c.all[i]
	}
	return piece{}
}

// take reads the piece at i, and those that belong to it; it tells the next one.
func (c *credits) take(i int) int {
	switch c.all[i].kind {
	case 'r':
		return c.takeRole(i)
	case 'w':
		return c.takeWord(i)
	case '|':
		c.flush()
	case ',':
		c.words = append(c.words, "")
	}
	return i + 1
}

// takeRole reads a role that comes before its names, or after them.
func (c *credits) takeRole(i int) int {
	if only := c.all[i].text; i == 2 && len(c.all) == 3 && c.labelled && c.role == "作者" && utf8.RuneCountInString(only) >= 4 {
		c.words = append(c.words, only) // 作者：网络整理 is whom the page names
		return i + 1
	}
	slash := c.at(i - 1).is("/")
	role := c.all[i].text
	for i++; c.at(i).is("/,") && c.at(i+1).kind == 'r' && c.joint(role, c.at(i), c.at(i+1).text); i += 2 {
		role += "/" + c.at(i+1).text
	}
	if c.named() && isPost(role) && !c.at(i).is(":") && (slash || c.role == "" || !c.namesFollow(i)) {
		if c.role == "" || isPicture(role) {
			c.role = role
		}
		c.close()
		return i
	}
	before := c.party
	if !c.named() {
		c.outlet, c.body, c.words = c.body, "", nil
	}
	outlet := c.outlet
	if before.named() {
		outlet = ""
		c.flush()
	}
	if !before.named() && isPicture(before.role) && !isPost(role) { // 图/通讯员 李明
		role = before.role
	}
	c.first = cmp.Or(c.first, outlet)
	c.party = party{role: role, outlet: outlet, strict: c.at(i).glued}
	if c.labelled = c.at(i).is(":|"); c.labelled || c.at(i).is("/") {
		i++
	}
	return i
}

// joint tells of two roles with a mark between them that they are one: 文/图, but not 图/通讯员.
func (c *credits) joint(role string, mark piece, second string) bool {
	short := utf8.RuneCountInString(role) <= 2 && utf8.RuneCountInString(second) <= 2
	return !isReporter(second) && (short || mark.is("/"))
}

func isReporter(role string) bool {
	return slices.ContainsFunc([]string{"记者", "記者", "员", "員", "기자"}, func(end string) bool { return strings.HasSuffix(role, end) })
}

// namesFollow tells whether what comes at i can be the names of the role before it.
func (c *credits) namesFollow(i int) bool {
	p := c.at(i)
	return p.is("/|") || p.kind == 'w' && !filler(p.text) && !isMedium(p.text) && !(c.at(i+1).kind == 'r' && c.at(i+1).glued)
}

// takeWord reads a word: a name or a part of one, an outlet, an office, or what says nothing.
func (c *credits) takeWord(i int) int {
	word, next := c.all[i].text, c.at(i+1)
	switch {
	case next.is(":") && slices.Contains(creditLabels, word): // whose value is no person
		c.close()
		for i += 2; c.at(i).kind != 0 && c.at(i).kind != 'r' && !(c.at(i+1).is(":") && slices.Contains(creditLabels, c.at(i).text)); i++ {
		}
		return i
	case filler(word), datish.MatchString(word) && !c.labelled:
	case c.at(i-1).is("/") && c.named() && next.kind != 'r' && (len(namesIn(word, true)) == 0 || reported(word)): // 記者王小明／台北報導
	case next.kind == 'r' && c.ofRole(word, next):
		if c.named() {
			c.close()
		}
		c.body = stationed(word)
	case c.role == "" && !c.named() && isMedium(word):
		c.body = word
		c.first = cmp.Or(c.first, word)
	case isBody(word) && !(c.labelled && !c.named() && c.at(i+1).kind != 'w'):
		if c.named() && !c.at(i-1).is("(") {
			c.flushNames()
		}
		c.body = word
	default:
		c.words = append(c.words, wired.ReplaceAllString(word, "※"))
	}
	return i + 1
}

// ofRole tells whether a word before a role is the outlet of whom the role names, and no name of
// the party before.
func (c *credits) ofRole(word string, role piece) bool {
	switch {
	case isMedium(word) || isBody(word):
		return true
	case !role.glued:
		return false
	case isPost(role.text) && len(namesIn(word, true)) > 0:
		return false
	case c.role == "" && !c.named() && (strings.HasSuffix(role.text, "记者") || strings.HasSuffix(role.text, "記者")):
		return chinese(word)
	}
	return len(namesIn(word, true)) == 0 && utf8.RuneCountInString(word) > 2
}

// stationed drops of an outlet where its people are: 环城时报驻京.
func stationed(outlet string) string {
	if paper, _, ok := strings.Cut(outlet, "驻"); ok && paper != "" {
		return paper
	}
	if paper, _, ok := strings.Cut(outlet, "駐"); ok && paper != "" {
		return paper
	}
	return outlet
}

func filler(word string) bool {
	if slices.Contains(fillers, word) || strings.ToLower(word) == "by" || word == "实习" {
		return true
	}
	return reported(word) && len(namesIn(word[:len(word)-len("报道")], true)) == 0
}

// reported tells a word that ends in 报道.
func reported(word string) bool {
	return strings.HasSuffix(word, "报道") || strings.HasSuffix(word, "報道") || strings.HasSuffix(word, "報導")
}

// close ends a party: what comes after it is under no role.
func (c *credits) close() {
	c.flush()
	c.party = party{}
}

// flush takes note of a party.
func (c *credits) flush() {
	named := c.named()
	if named {
		c.flushNames()
	}
	if c.body == "" {
		return
	}
	last := len(c.people) - 1
	switch body := c.body; {
	case named && last >= 0 && c.people[last].Outlet == "": // 李明（汐州学院）
		c.people[last].Outlet = body
	case !named && c.role != "" && !ownName(body):
		c.people = append(c.people, models.Person{Role: c.role, Name: body, Outlet: c.outlet})
	}
	c.body = ""
}

// flushNames takes note of the names of a party so far.
func (c *credits) flushNames() {
	outlet := cmp.Or(c.outlet, c.body)
	if c.body != "" && outlet == c.body {
		c.body = ""
	}
	before := len(c.people)
	for _, name := range c.names() {
		c.people = append(c.people, models.Person{Role: cmp.Or(c.role, "author"), Name: name, Outlet: outlet})
	}
	c.words = nil
	if len(c.people) == before {
		c.junk = true
	}
}

// names reads the words of a party as names. Any word that is none makes it junk.
func (c *credits) names() (names []string) {
	letters := false // the word before was of letters
	words := rejoin(c.words)
	for i, word := range words {
		switch {
		case word == "":
			letters = false
		case latin(word) && hasDigit(word) && len(names) > 0: // a number of the staff: 尹世杰 SF183
		case latin(word) && letters && !hasDigit(word):
			names[len(names)-1] += " " + word
		case latin(word) && (c.role != "" || utf8.RuneCountInString(word) > 1):
			names, letters = append(names, word), true
		default:
			letters = false
			found := c.name(word, c.strict && i == 0 || c.role == "")
			if found == nil {
				c.junk = true
				return nil
			}
			names = append(names, found...)
		}
	}
	return names
}

// name reads one word that holds characters of East Asia.
func (c *credits) name(word string, strict bool) []string {
	word, telegraphed := strings.CutSuffix(word, "※")
	if telegraphed { // 王小明台北4日电
		runes := []rune(word)
		if len(runes) >= 4 {
			word = string(runes[:len(runes)-2])
		}
		strict = true
	}
	for _, end := range creditVerbs {
		word = strings.TrimSuffix(word, end)
	}
	if word == "" {
		return []string{}
	}
	if bare := strings.TrimRightFunc(word, func(r rune) bool { return r < utf8.RuneSelf && !unicode.IsSpace(r) }); bare != word && len(namesIn(bare, true)) > 0 && hasDigit(word) {
		word = bare // 尹世杰_SF183
	}
	if c.labelled {
		strict = false
	}
	if names := namesIn(word, strict); names != nil {
		return names
	}
	if c.labelled && utf8.RuneCountInString(word) <= 20 {
		return []string{word}
	}
	return nil
}
