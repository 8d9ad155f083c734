package parse

import "civicfeed/models"

// Rules say where the parts of a page are; what they leave empty is found by itself.
type Rules = models.PageRules

// Paths say where the parts of a JSON list are.
type Paths = models.JSONPaths

// Kind is what a page turned out to be.
type Kind string

// Kinds of pages.
const (
	KindArticle Kind = "article" // one text with a title
	KindList    Kind = "list"    // links to articles
	KindNeither Kind = "neither" // a login, an error told with status 200, a search …: Page.Reason says which
)

// Page is an article's page as its publisher wrote it: strings are raw but for folded white
// space; dates are unread, HTML unclean, addresses relative to Base.
type Page struct {
	Kind   Kind
	Reason string // why it is of that kind, in words

	Title     string
	Site      string // the site's own name
	Column    string // 栏目
	Credit    string // 来源: whom it names as its origin
	Published string
	Updated   string
	Editor    string // 责任编辑

	Breadcrumb []string // from the home page on, without the article's own title
	Byline     []string // phrases that name authors: "（汐州日报记者 沈禾 通讯员 白露）"
	Reviewers  []string // lines that name who checked it: "一审：沈禾 二审：白露"

	Body        Text // without byline and furniture
	Summary     string
	Language    string // BCP 47
	Image       string
	Canonical   string
	Base        string // of <base href>, as written
	Images      []models.Media
	Attachments []models.Media // 附件
	Previous    Neighbour
	Next        Neighbour

	Where    map[string]string // what told a field: "Published" -> "meta PubDate"
	Warnings []string
}

// Neighbour is the article before or after.
type Neighbour struct {
	Title string
	Link  string // as written
}
