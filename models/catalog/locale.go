package catalog

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// zones lists the names of time zones, one a line, to find the one that was meant.
//
//go:embed zones.txt
var zones string

// zone is a time zone by its name in the IANA database; its value is a *time.Location.
func zone() word {
	return parsed("a time zone", "Asia/Shanghai", `\S`, func(s string) (any, error) {
		if s == "Local" || s == "" {
			return nil, fmt.Errorf("%q is another zone on every machine: write its name, like Asia/Shanghai", s)
		}
		loc, err := time.LoadLocation(s)
		if err == nil {
			return loc, nil
		}
		return nil, fmt.Errorf("%q is not a time zone: write %s", s, meantZone(s))
	})
}

func meantZone(s string) string {
	spoken := map[string]string{
		"cst": "Asia/Shanghai", "beijing": "Asia/Shanghai", "china": "Asia/Shanghai", "中国": "Asia/Shanghai", "北京": "Asia/Shanghai",
		"+8": "Asia/Shanghai", "+08": "Asia/Shanghai", "+0800": "Asia/Shanghai", "+08:00": "Asia/Shanghai", "+8:00": "Asia/Shanghai",
		"+9": "Asia/Tokyo", "+09": "Asia/Tokyo", "+0900": "Asia/Tokyo", "+09:00": "Asia/Tokyo", "jst": "Asia/Tokyo", "kst": "Asia/Seoul",
		"hkt": "Asia/Hong_Kong", "pst": "America/Los_Angeles", "est": "America/New_York", "bst": "Europe/London",
	}
	low := strings.ToLower(s)
	low = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(low, "utc"), "gmt"), "asia/")
	if name := spoken[strings.TrimSpace(low)]; name != "" {
		return name
	}
	names := strings.Fields(zones)
	if near := nearest(s, names); near != "" {
		return near
	}
	for _, name := range names {
		if city := name[strings.LastIndex(name, "/")+1:]; string(plain(city)) == string(plain(s)) {
			return name
		}
	}
	return "one of the IANA names, like Asia/Shanghai or Europe/London"
}

// languageTag is the form of RFC 5646 section 2.1, without the forms it keeps for old times' sake.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?` +
	`(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(-[A-WY-Za-wy-z0-9](-[A-Za-z0-9]{2,8})+)*(-x(-[A-Za-z0-9]{1,8})+)?$`)

// language is a language tag (BCP 47).
func language() word {
	return parsed("a language tag", "zh-CN", languageTag.String(), func(s string) (any, error) {
		spoken := map[string]string{
			"cn": "zh-CN", "中文": "zh-CN", "chinese": "zh-CN", "简体中文": "zh-CN", "繁體中文": "zh-TW", "tw": "zh-TW", "hk": "zh-HK", "mo": "zh-MO",
			"jp": "ja", "japanese": "ja", "日本語": "ja", "kr": "ko", "korean": "ko", "한국어": "ko",
			"uk": "en-GB", "gb": "en-GB", "us": "en-US", "english": "en",
		}
		instead := spoken[strings.ToLower(s)]
		if under := strings.ReplaceAll(s, "_", "-"); under != s && languageTag.MatchString(under) {
			instead = under
		}
		if instead != "" && s != "uk" { // Ukrainian
			return nil, fmt.Errorf("%q is not a language tag (BCP 47): write %s", s, instead)
		}
		if !languageTag.MatchString(s) {
			return nil, fmt.Errorf("%q is not a language tag (BCP 47): write it like zh-CN, zh-Hant-TW, ja or en-GB", s)
		}
		return s, nil
	})
}

// encoding names the character encoding of a source's bytes, as web browsers know them.
func encoding() word {
	return choice("an encoding", nil, "utf-8", "gb18030", "gbk", "gb2312", "big5", "big5-hkscs",
		"shift_jis", "euc-jp", "iso-2022-jp", "euc-kr", "utf-16", "utf-16le", "utf-16be",
		"windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258", "windows-874",
		"iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-15", "koi8-r", "koi8-u", "macintosh")
}
