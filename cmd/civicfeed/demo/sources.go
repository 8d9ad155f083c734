package demo

// listed is the format of a site that has no feed: a page that lists articles.
const listed = "list"

// source is one of the city's: what its feed is, and what its server is like.
type source struct {
	Key      string
	Name     string
	Home     string // path of the home page, ending in "/"; articles lie beneath
	Feed     string // path
	Format   string // template, json or [listed]
	Type     string // Content-Type
	Region   string // key
	Section  string // key: for what no rule claims
	Charset  string // of bytes; empty: UTF-8
	Portal   bool   // its reprints lead to the original
	Gzip     bool
	Chunked  bool   // sends piece by piece, without a length
	ETag     string // "strong", "weak" or none
	Modified bool   // gives Last-Modified
	Frail    bool   // is down for a while now and then
}

func sources() []source {
	return []source{
		{Key: "daily", Name: "汐州日报", Home: "/xzrb/", Feed: "/xzrb/rss.xml", Format: "rss20", Type: "application/rss+xml; charset=utf-8",
			Region: "xizhou", Section: "focus", ETag: "strong", Modified: true},
		{Key: "news", Name: "汐州新闻网", Home: "/xw/", Feed: "/xw/rss.xml", Format: "gbk", Type: "text/xml",
			Region: "xizhou", Section: "focus", Charset: "gbk", Portal: true, Chunked: true},
		{Key: "gov", Name: "汐州市人民政府", Home: "/zwgk/", Feed: "/zwgk/index.rdf", Format: "rdf", Type: "application/rdf+xml",
			Region: "xizhou", Section: "notices", ETag: "strong"},
		{Key: "tourism", Name: "汐州文旅", Home: "/wl/", Feed: "/wl/atom.xml", Format: "atom10", Type: "application/atom+xml",
			Region: "xizhou", Section: "culture", Gzip: true, ETag: "weak", Modified: true},
		{Key: "edu-health", Name: "汐州教育卫生在线", Home: "/jyws/", Feed: "/jyws/feed", Format: "atom03", Type: "text/xml; charset=utf-8",
			Region: "xizhou", Section: "education", Modified: true},
		{Key: "transit", Name: "汐州交通", Home: "/jt/", Feed: "/jt/feed.json", Format: "json", Type: "application/feed+json",
			Region: "xizhou", Section: "transit", Gzip: true, ETag: "weak"},
		{Key: "taishang", Name: "汐州台商協會", Home: "/ts/", Feed: "/ts/rss.aspx", Format: "big5", Type: "text/xml; charset=big5",
			Region: "chuanwu", Section: "economy", Charset: "big5", Modified: true},
		{Key: "nanqiao", Name: "望潮区南桥街道", Home: "/nq/", Feed: "/nq/rss.php", Format: "mislabelled", Type: "text/html; charset=ISO-8859-1",
			Region: "nanqiao", Section: "livelihood", Chunked: true},
		{Key: "baisha", Name: "鹤浦区白沙街道", Home: "/bs/", Feed: "/bs/rss091.xml", Format: "rss091", Type: "text/plain",
			Region: "baisha", Section: "livelihood", Modified: true},
		{Key: "qingyu", Name: "青屿县融媒体中心", Home: "/qy/", Feed: "/qy/rss.xml", Format: "media", Type: "application/xml",
			Region: "qingyu", Section: "focus", ETag: "strong", Frail: true},
		{Key: "wangchao", Name: "望潮区新闻网", Home: "/wc/", Feed: "/wc/yw/index.html", Format: listed, Type: "text/html",
			Region: "wangchao", Section: "livelihood", Charset: "gbk", Modified: true},
	}
}
