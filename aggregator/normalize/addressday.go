package normalize

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Where content systems write the day into an address. The numbers of articles look much alike:
// only what stands where a day stands is one.
var dayForms = []*regexp.Regexp{
	regexp.MustCompile(`/t((?:19|20)\d{2})(\d{2})(\d{2})_\d`),                                                // /202111/t20211112_2428530.shtml
	regexp.MustCompile(`/((?:19|20)\d{2})[/_](\d{1,2})[/_](\d{1,2})/`),                                       // /art/2026/9/8/art_16256_1.html
	regexp.MustCompile(`/((?:19|20)\d{2})[-_](\d{1,2})/(\d{1,2})/`),                                          // /html/2022-08/30/content_628531.htm
	regexp.MustCompile(`/((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})(?:/|[_.-]|$)`),                                 // /yaowen/2026-10-01/669171.html
	regexp.MustCompile(`/((?:19|20)\d{2})/(\d{2})-?(\d{2})/`),                                                // /2026/1004/12.html, /2026/10-04/12.html
	regexp.MustCompile(`/((?:19|20)\d{2})(\d{2})/(\d{2})/`),                                                  // /202610/04/12.html
	regexp.MustCompile(`/((?:19|20)\d{2})(\d{2})(\d{2})/`),                                                   // /20261004/12.html
	regexp.MustCompile(`/((?:19|20)\d{2})(\d{2})(\d{2})(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\d{0,4}\.[a-z]{3,5}$`), // /20261004013911023.html
	regexp.MustCompile(`/[A-Za-z]{1,8}[-_]?((?:19|20)\d{2})-(\d{2})-(\d{2})[_.-]`),                           // /news_2026-10-04_12.html
	regexp.MustCompile(`/((?:19|20)\d{2})(\d{2})(\d{2})_\d+\.[a-z]{3,5}$`),                                   // /20261004_12.html
	regexp.MustCompile(`/c((?:19|20)\d{2})(\d{2})(\d{2})(?:[_.]|$)`),                                         // /c20261004_12.html
}

// dayIn finds the day that an address tells, and how. The year is 0 where it tells none.
func dayIn(address string) (year, month, day int, raw string) {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAddress {
		return 0, 0, 0, ""
	}
	path := strings.ReplaceAll(u.Path, "//", "/")
	for _, form := range dayForms {
		m := form.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		year, _ = strconv.Atoi(m[1])
		month, _ = strconv.Atoi(m[2])
		day, _ = strconv.Atoi(m[3])
		if year >= 1994 && month >= 1 && month <= 12 && day >= 1 && day <= days(year, month) {
			return year, month, day, clip(fold(strings.Trim(m[0], "/")), maxName)
		}
	}
	return 0, 0, 0, ""
}

// dayOf is the day that an address tells, or the zero time.
func dayOf(address string) time.Time {
	year, month, day, _ := dayIn(address)
	if year == 0 {
		return time.Time{}
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}
