package parse

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A date of a list is found by its looks and kept as it is written: what day it means is for others
// to say.

const (
	clockTail = `(?:(?:[T\s]*|,?\s+(?:(?i:at|um|à|às|alle|ore|a las|в|о|kl\.?|klo|o godz\.)\s+)?)(?:上午|下午|中午|晚上|凌晨|早上|am|pm)?\s*\d{1,2}[:：时時点點]\d{1,2}(?:[:：分]\d{0,2})?[分秒]?(?:\.\d+)?\s*(?:[AaPp]\.?[Mm]\.?)?(?:Z|[+-]\d\d:?\d\d|\s[A-Z]{2,3}T\b)?)?`
	fullDate  = `(?:19|20)\d{2}\s*[-/.年년]\s*\d{1,2}\s*[-/.月월]\s*\d{1,2}\s*[日号號일]?` +
		`|(?:中華民國|中华民国|民國|民国|令和|平成|昭和)\s*(?:元|\d{1,3})\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?` +
		`|[RHS]\d{1,2}[./]\d{1,2}[./]\d{1,2}` +
		`|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}` +
		`|[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日` +
		`|(?:\pL{3,10}\.?,?\s+)?\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?` + monthWord + `\.?,?\s+(?:de\s+)?(?:\d{4}|\d{2}\b)` +
		`|(?:\pL{3,10}\.?,?\s+)?` + monthWord + `\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}`
	monthWord = `(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?` +
		`|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre` +
		`|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre` +
		`|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro` +
		`|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre` +
		`|januari|februari|maart|mei|augustus|januar|februar|märz|juni|juli|oktober|dezember|desember|maj|marts` +
		`|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia` +
		`|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря` +
		`|січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня` +
		`|ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|十[一二]?月|[一二三四五六七八九]月)`
	partDate = `\d{2,3}[-/.]\d{1,2}[-/.]\d{1,2}` + // 115-09-28, 26-10-04
		`|\d{1,2}\s*月\s*\d{1,2}\s*[日号號]?|\d{1,2}[-/]\d{1,2}` +
		`|\d{1,2}(?:st|nd|rd|th)?\s+` + monthWord + `|` + monthWord + `\s+\d{1,2}` +
		`|刚刚|剛剛|(?:\d{1,3}|[一二三四五六七八九十半几幾数數]{1,3})\s*(?:秒|分|小?[时時]|天|日|周|週|星期|个?月|個月|年)[钟鐘]?[之以]?前` +
		`|[昨前今][天日晚早]|\d{1,3}\s+(?i:minutes?|hours?|days?|weeks?)\s+(?i:ago)|(?i:yesterday|today)`
	dateLabel = `(?:(?:发布|發布|發佈|更新|发表|發表|刊发|创建|录入|公示|公告|上传|张贴|張貼|公開|掲載|登録)?(?:时间|時間|日期|日時|日|于|於)|(?i:published|posted|updated|date)(?:\s+(?i:on))?|(?i:publicado|publicada|publié|publiée|veröffentlicht|pubblicato|geplaatst|опубликовано|дата|data)(?:\s+(?i:el|em|le|am|il|op))?)?\s*[:：]?\s*`
	weekday   = `(?:\s*[\(（]?(?:(?:星期|周|週)[一二三四五六日天]|[月火水木金土日][\)）曜]日?)[\)）]?)?`
	openers   = `[\s\[\(（【〔「|｜·•/-]*`
	closers   = `[\s\]\)）】〕」|｜·•/-]*`
)

var (
	// commonDate is the commonest of whole dates, told sooner.
	commonDate = regexp.MustCompile(`^[\[\(（]?((?:20\d\d[-/.])?[01]?\d[-/][0-3]?\d(?: \d\d?:\d\d(?::\d\d)?)?)[\]\)）]?$`)
	// commonInner is the commonest of dates among other facts.
	commonInner = regexp.MustCompile(`20\d\d-\d\d?-\d\d?(?: \d\d?:\d\d(?::\d\d)?)?(?: [^\d:AaPp+.]|[^ \d:.T/+-]|$)`)
	wholeDate   = regexp.MustCompile(`^` + openers + dateLabel + `(` + `(?:` + fullDate + `|` + partDate + `)` + weekday + clockTail + `)` + closers + `$`)
	innerDate   = regexp.MustCompile(`(?:^|[^\d./-])((?:` + fullDate + `)` + clockTail + `)(?:[^\d/]|$)`)
	// dayAndClock is a date without a year among other facts: its time tells it from other figures.
	dayAndClock = regexp.MustCompile(`(?:^|[\s\[(（])(\d{1,2}[-/]\d{1,2} \d{1,2}:\d{2})(?:[\s\])）]|$)`)
	tailDate    = regexp.MustCompile(`[\[\(（【](\d{1,2}[-/月]\d{1,2}日?)[\]\)）】]\s*$`)
	hasYear     = regexp.MustCompile(`\d{4}|[〇零○一二三四五六七八九]{4}|民[國国]|令和|平成|昭和`)
)

// Bounds of a text that is looked at for a date, in bytes: longer ones are prose.
const (
	longDate = 80  // that is nothing but a date
	longLine = 240 // that has one among other facts
)

// dateHan are all the han and kana that a text may have that is nothing but a date.
const dateHan = "年月日号號时時点點分秒上下中午晚早凌晨发布發佈更新表刊创建录入公示告传傳张張贴貼开開掲載登録间間期于於星周週天一二三四五六七八九十〇零○元" +
	"中華华民國国令和平成昭前后刚剛昨今小个個钟鐘半几幾数數之以火水木金土曜년월일"

// looksDated tells, at a glance, of a text that may be a date (whole), or may have one in it.
func looksDated(text string) (whole, inside bool) {
	whole = len(text) <= longDate
	digits, run, longest, letters, near := 0, 0, 0, 0, false
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits, run = digits+1, run+1
			longest = max(longest, run)
			continue
		case r < 0x2e80: // Latin: names of months, marks
			if unicode.IsLetter(r) {
				letters++
			}
		case strings.ContainsRune("刚剛昨今前〇○", r):
			near = true
		case whole && unicode.IsLetter(r) && !strings.ContainsRune(dateHan, r):
			whole = false
		}
		run = 0
	}
	return whole && (digits > 0 || near || text[0]|32 == 'y' || text[0]|32 == 't'), longest >= 4 || digits > 2 && letters > 2 || strings.ContainsAny(text, "〇○") ||
		digits > 1 && namesEra(text) || digits >= 6 && strings.Contains(text, ":") ||
		digits > 1 && strings.ContainsAny(text[len(text)-min(len(text), 4):], ")]）】")
}

func namesEra(text string) bool {
	for _, era := range []string{"民国", "民國", "令和", "平成", "昭和"} {
		if strings.Contains(text, era) {
			return true
		}
	}
	return false
}

// readDate finds the date in a text. Whole tells that the text is nothing else.
func readDate(text string) (raw string, whole bool) {
	if len(text) < 3 || len(text) > longLine {
		return "", false
	}
	maybe, inside := looksDated(text)
	if maybe {
		if m := commonDate.FindStringSubmatch(text); m != nil {
			return m[1], true
		}
		if m := wholeDate.FindStringSubmatch(text); m != nil {
			return strings.TrimSpace(m[1]), true
		}
	}
	if !inside {
		return "", false
	}
	if m := commonInner.FindStringIndex(text); m != nil && !strings.ContainsAny(text[:m[0]], "0123456789年") {
		end := m[1]
		for end > m[0] && (text[end-1] < '0' || text[end-1] > '9') {
			end--
		}
		return text[m[0]:end], false
	}
	if m := innerDate.FindStringSubmatch(text); m != nil {
		return strings.TrimSpace(m[1]), false
	}
	if m := dayAndClock.FindStringSubmatch(text); m != nil {
		return m[1], false
	}
	if m := tailDate.FindStringSubmatch(text); m != nil {
		return m[1], false
	}
	return "", false
}

// torn are dates whose day stands apart from month or year, piece by piece with a bar between,
// and how they are put together.
var torn = []struct {
	pieces *regexp.Regexp
	whole  string
}{
	{regexp.MustCompile(`^(\d{1,2})日?\|[/-]?((?:19|20)\d{2})[-/.年]\s*(\d{1,2})月?$`), "$2-$3-$1"},
	{regexp.MustCompile(`^((?:19|20)\d{2})[-/.年]\s*(\d{1,2})[-/.月]?\|[-/.]?(\d{1,2})日?$`), "$1-$2-$3"},
	{regexp.MustCompile(`^(\d{1,2})[-/.月](\d{1,2})日?\|((?:19|20)\d{2})年?$`), "$3-$1-$2"},
	{regexp.MustCompile(`^((?:19|20)\d{2})[-/.年]?\|(\d{1,2})[-/.月]\|?(\d{1,2})日?$`), "$1-$2-$3"},
	{regexp.MustCompile(`^(\d{1,2})日?\|(\d{1,2})月\|((?:19|20)\d{2})年?$`), "$3-$2-$1"},
	{regexp.MustCompile(`^(\d{1,2})日?\|(\d{1,2})月$`), "$2-$1"},
	{regexp.MustCompile(`^(\d{1,2})[月/-]\|(\d{1,2})日?$`), "$1-$2"},
	{regexp.MustCompile(`^(\d{1,2})\|(` + monthWord + `)\|?,?\s*((?:19|20)\d{2})$`), "$1 $2 $3"},
	{regexp.MustCompile(`^(` + monthWord + `)\|(\d{1,2}),?\|((?:19|20)\d{2})$`), "$2 $1 $3"},
	{regexp.MustCompile(`^(\d{1,2})\|(` + monthWord + `)$`), "$1 $2"},
	{regexp.MustCompile(`^(` + monthWord + `)\|(\d{1,2})$`), "$2 $1"},
}

// joinDate reads a date that stands in pieces.
func joinDate(pieces []string) (raw string, ok bool) {
	bars := strings.Join(pieces, "|")
	if len(bars) > longDate || utf8.RuneCountInString(bars) > 32 {
		return "", false
	}
	if maybe, _ := looksDated(bars); !maybe {
		return "", false
	}
	for _, t := range torn {
		if m := t.pieces.FindStringSubmatchIndex(bars); m != nil {
			return string(t.pieces.ExpandString(nil, t.whole, bars, m)), true
		}
	}
	raw, whole := readDate(strings.Join(pieces, " "))
	return raw, whole
}

func isDate(text string) bool {
	_, whole := readDate(text)
	return whole
}
