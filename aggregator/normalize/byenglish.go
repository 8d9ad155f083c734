package normalize

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"civicfeed/models"
)

var (
	englishLead = regexp.MustCompile(`(?i)^\s*[(\[]?((?:story|words|text|article|posted|written|reported|report|compiled|edited|photos?|photographs?|pictures?|images?|video)?(?:\s+and\s+photos?)?\s*by)[: ]\s*`)
	englishList = regexp.MustCompile(`\s*(?:,|;|&|\band\b)\s*`)
	englishRole = regexp.MustCompile(`(?i)^(?:(?:senior|special|staff|contributing|city|chief|deputy|managing|news|local|political|freelance|guest|assistant|political|education)\s+)*(?:writer|reporter|correspondent|photographer|editor|intern|contributor|columnist|journalist)s?$`)
)

// englishByline reads "By Jane Roe and John Doe, Staff Writers | City Herald", and what is like it.
func englishByline(line string) (people []models.Person, outlet string, ok bool) {
	lead := englishLead.FindStringSubmatch(line)
	if lead == nil || len(line) > 200 {
		return nil, "", false
	}
	rest := strings.TrimRight(strings.TrimSpace(line[len(lead[0]):]), ")]. ")
	for _, mark := range []string{" | ", " • ", " · ", " - ", " – ", " — ", " of the ", " for the ", " / "} {
		if names, paper, found := strings.Cut(rest, mark); found {
			rest, outlet = names, strings.TrimSpace(paper)
			break
		}
	}
	for _, name := range englishList.Split(rest, -1) {
		switch name = strings.TrimSpace(name); {
		case name == "" || englishRole.MatchString(name):
		case !westernName(name):
			return nil, "", false
		default:
			people = append(people, models.Person{Role: englishPart(lead[1]), Name: capitals(name), Outlet: outlet})
		}
	}
	return people, outlet, len(people) > 0
}

func englishPart(lead string) string {
	switch lead = strings.ToLower(lead); {
	case strings.HasPrefix(lead, "photo"), strings.HasPrefix(lead, "picture"), strings.HasPrefix(lead, "image"), strings.HasPrefix(lead, "video"):
		return "photographer"
	case strings.HasPrefix(lead, "edited"):
		return "editor"
	}
	return "author"
}

// westernName tells one to five words with capitals, or with particles between them.
func westernName(name string) bool {
	words := strings.Fields(name)
	if len(words) == 0 || len(words) > 5 {
		return false
	}
	for i, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		particle := i > 0 && i < len(words)-1 && strings.Contains(" de del della der den di da dos la le van von bin al el y ", " "+w+" ")
		if !particle && !unicode.IsUpper(first) || hasDigit(w) || !latin(w) {
			return false
		}
	}
	return true
}

// capitals writes JANE ROE as Jane Roe.
func capitals(name string) string {
	if name != strings.ToUpper(name) || utf8.RuneCountInString(name) < 5 {
		return name
	}
	start := true
	return strings.Map(func(c rune) rune {
		was := start
		if start = !unicode.IsLetter(c); was {
			return c
		}
		return unicode.ToLower(c)
	}, name)
}
