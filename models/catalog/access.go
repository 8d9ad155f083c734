package catalog

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"civicfeed/models"
)

// headers are those that a source may be sent. What a server takes for the word of its own gateway
// (X-Forwarded-For, Remote-User), what belongs to the transport, and what the fetcher keeps by
// itself (validators, compression) is not among them.
func headers() *object {
	value := func(such string) shape { return header(such, false) }
	secret := header("${CITY_TOKEN}", true)
	one := func(name string, is shape, doc string) key {
		return key{name: name, is: is, also: []string{strings.ToLower(name), strings.ToUpper(name)}, doc: doc}
	}
	return &object{name: "headers", says: "headers", keys: []key{
		one("Accept", value("application/rss+xml"), "What it is to answer in, where our own wish confuses it."),
		one("Accept-Language", value("zh-CN"), "The language it is to answer in."),
		one("From", value("editor@example.org"), "Whom its publisher can write to."),
		one("User-Agent", value("civicfeed (+https://feeds.example.org/)"), "How we name ourselves to this source."),
		one("Cookie", value("consent=${CITY_CONSENT}"), "A cookie it insists on."),
		one("Referer", value("https://www.example.gov.cn/"), "The page it wants us to come from."),
		one("X-Requested-With", value("XMLHttpRequest"), "For servers that answer only programs."),
		one("Authorization", header("Bearer ${CITY_TOKEN}", true), "Proof of who asks; name and password are better given as auth."),
		one("Api-Key", secret, "A key that its publisher gave us."),
		one("Apikey", secret, "A key that its publisher gave us."),
		one("Ocp-Apim-Subscription-Key", secret, "A key that its publisher gave us."),
		one("Private-Token", secret, "A key that its publisher gave us."),
		one("X-Access-Token", secret, "A key that its publisher gave us."),
		one("X-Api-Key", secret, "A key that its publisher gave us."),
		one("X-Api-Token", secret, "A key that its publisher gave us."),
		one("X-Auth-Token", secret, "A key that its publisher gave us."),
		one("X-Subscription-Token", secret, "A key that its publisher gave us."),
		one("X-Token", secret, "A key that its publisher gave us."),
	}}
}

// auth is name and password.
func auth() *object {
	return &object{name: "auth", says: "auth", hush: true, keys: []key{
		{name: "user", is: header("reader", false), must: true, also: []string{"name", "username", "login"}, doc: "The name it knows us by."},
		{name: "password_file", is: file("/run/secrets/city"), must: true, also: []string{"password", "pass", "file"}, doc: "The file that holds the password, and nothing else."},
	}}
}

var (
	variable = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)
	opening  = regexp.MustCompile(`\$\{`)
)

// header is a value that is sent; ${NAME} in it stands for an environment variable.
func header(such string, secret bool) word {
	return parsed("a value to send", quoted(such), `^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$`, func(s string) (any, error) {
		switch {
		case strings.ContainsFunc(s, control) || strings.ContainsAny(s, "\n\t"):
			return nil, errors.New("a header is a single line without control characters: write it in one line")
		case strings.TrimSpace(s) == "":
			return nil, errors.New("the text is empty: write one, or remove the key")
		case secret && !variable.MatchString(s):
			return nil, errors.New("a secret must not stand in this file: write ${NAME}, and put it into the environment variable of that name")
		}
		return strings.TrimSpace(s), misnamed(s)
	})
}

// misnamed tells of a ${ that begins no name.
func misnamed(s string) error {
	if len(opening.FindAllString(s, -1)) != len(variable.FindAllString(s, -1)) {
		return errors.New("after ${ stands no name of an environment variable: write it like ${CITY_TOKEN}")
	}
	return nil
}

// file is the name of a file; a relative one begins at the folder of feeds.yaml.
func file(such string) word {
	return parsed("the name of a file", such, `\S`, func(s string) (any, error) {
		if strings.TrimSpace(s) == "" || strings.ContainsFunc(s, control) {
			return nil, fmt.Errorf("%q cannot be the name of a file: write it like %s", s, such)
		}
		if variable.MatchString(s) {
			return nil, fmt.Errorf("%q names an environment variable, which is not looked up here: write the name of the file", s)
		}
		if strings.HasPrefix(s, "-----BEGIN ") {
			return nil, errors.New("the certificate itself stands here: put it into a file, and write the name of that")
		}
		return s, nil
	})
}

// beside is a file's path as it is from anywhere.
func (r *reader) beside(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(r.file), name)
}

// proxy is the address of one, or the word for none. A password in it is a ${NAME}; messages never
// repeat one that is not.
func proxy() word {
	const such = "http://proxy.example.org:3128"
	return parsed("the address of a proxy", such, `^(none|(https?|socks5h?)://[^\s\\]+)$`, func(s string) (any, error) {
		if s == models.Direct {
			return s, nil
		}
		plain := variable.ReplaceAllString(s, "0") // a port may be one, too
		u, err := url.Parse(plain)
		if literal(s) {
			return nil, errors.New("a password stands in the address: write ${NAME} for it, and put it into the environment variable of that name")
		}
		switch {
		case err != nil || u.Hostname() == "" || strings.ContainsAny(s, " \t\n\\"):
			return nil, fmt.Errorf("this is not the address of a proxy: write it like %s, or none", such)
		case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" && u.Scheme != "socks5h":
			return nil, fmt.Errorf("a proxy is spoken to by http, https or socks5, not %q: write it like %s", u.Scheme, such)
		case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
			return nil, fmt.Errorf("the address of a proxy ends behind its port: write it like %s", such)
		}
		return s, misnamed(s)
	})
}

// literal tells whether an address has a password that is not named but written.
func literal(s string) bool {
	_, rest, _ := strings.Cut(s, "://")
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return false
	}
	_, password, has := strings.Cut(rest[:at], ":")
	return has && variable.ReplaceAllString(password, "") != ""
}

// access is how a source is asked that needs more than others.
func (r *reader) access(rec, defaults *record) models.Access {
	a := models.Access{
		CAFile: r.beside(find[string]("ca_file", rec, defaults)),
		Proxy:  find[string]("proxy", rec, defaults),
	}
	if sent := find[*record]("headers", rec); sent != nil {
		a.Headers = map[string]string{}
		for name, value := range sent.values {
			a.Headers[name], _ = value.(string)
		}
	}
	if login := find[*record]("auth", rec); login != nil {
		a.Auth = models.Auth{User: find[string]("user", login), PasswordFile: r.beside(find[string]("password_file", login))}
		if a.Headers["Authorization"] != "" {
			r.say(rec.at("auth"), "auth: the header Authorization says the same: keep one of the two")
		}
	}
	return a
}
