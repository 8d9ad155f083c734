package fetch

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"civicfeed/models"
)

// pass is what a source's own settings add to a request, its secrets read.
type pass struct {
	open    http.Header // goes to whatever host the way leads to
	closed  http.Header // credentials: they go to the source's own host alone
	secrets []string    // what must not be seen in any sentence
}

// open names the headers that tell nothing but who asks and what for.
func open(name string) bool {
	switch name {
	case "Accept", "Accept-Language", "From", "User-Agent":
		return true
	}
	return false
}

// newPass reads a source's secrets, anew for each visit, so that another password needs no reload.
func newPass(a models.Access) (pass, error) {
	if len(a.Headers) == 0 && a.Auth.User == "" {
		return pass{}, nil
	}
	p := pass{open: http.Header{}, closed: http.Header{}}
	for name, text := range a.Headers {
		value, err := p.expand(text)
		if err == nil && !sendable(value) {
			err = errors.New("its value has a line break or another control character, which cannot be sent: write it in one line")
		}
		if err != nil {
			return p, models.Fail(models.ErrInternal, "headers: %s: %w", name, err)
		}
		to, name := p.closed, http.CanonicalHeaderKey(name)
		if open(name) && value == text {
			to = p.open
		}
		to[name] = []string{value}
	}
	if a.Auth.User == "" {
		return p, nil
	}
	if err := p.authorize(a.Auth); err != nil {
		return p, models.Fail(models.ErrInternal, "auth: %w", err)
	}
	return p, nil
}

// authorize adds name and password (RFC 7617).
func (p *pass) authorize(a models.Auth) error {
	user, err := p.expand(a.User)
	if err != nil {
		return err
	}
	data, err := slurp(a.PasswordFile, 4<<10)
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	password := strings.TrimRight(string(data), "\r\n")
	if password == "" {
		return fmt.Errorf("read the password: %s is empty: write the password into it", a.PasswordFile)
	}
	basic := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	p.secrets = append(p.secrets, password, basic)
	p.closed["Authorization"] = []string{"Basic " + basic}
	return nil
}

var named = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand puts values of the environment into the places that ${NAME} holds for them.
func (p *pass) expand(text string) (string, error) {
	var missing error
	value := named.ReplaceAllStringFunc(text, func(place string) string {
		name := place[2 : len(place)-1]
		secret := os.Getenv(name)
		if secret == "" {
			missing = fmt.Errorf("the environment variable %s is not set: set it where this program is started", name)
		}
		p.secrets = append(p.secrets, secret)
		return secret
	})
	return value, missing
}

// mask takes secrets out of a sentence.
func (p *pass) mask(sentence string) string {
	for _, secret := range p.secrets {
		for _, form := range []string{secret, url.PathEscape(secret), url.QueryEscape(secret)} {
			if len(secret) >= 4 { // a shorter one is in every other word
				sentence = strings.ReplaceAll(sentence, form, "…")
			}
		}
	}
	return sentence
}

// slurp reads a small file.
func slurp(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(data)) > most:
		return nil, fmt.Errorf("%s has more than %d bytes: name another file", path, most)
	case bytes.IndexByte(data, 0) >= 0:
		return nil, fmt.Errorf("%s is no text: name another file", path)
	}
	return data, nil
}
