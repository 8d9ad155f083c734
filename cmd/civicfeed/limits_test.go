package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

func TestTrustedProxies(t *testing.T) {
	for _, tt := range []struct{ words, want string }{
		{"127.0.0.0/8,::1", "[127.0.0.0/8 ::1/128]"}, {"none", "[]"}, {"", "[]"}, {" 10.1.2.3 , 192.168.0.0/16", "[10.1.2.3/32 192.168.0.0/16]"},
		{"10.1.2.3/8", "[10.0.0.0/8]"}, {"::ffff:10.1.2.3", "[10.1.2.3/32]"}, {"2001:db8::/32", "[2001:db8::/32]"},
	} {
		got, err := (&serving{proxies: strings.Split(tt.words, ",")}).trusted()
		if err != nil || fmt.Sprint(got) != tt.want {
			t.Errorf("%q: %v, %v, want %s", tt.words, got, err, tt.want)
		}
	}
	for _, words := range []string{"10.0.0.0/33", "nginx", "none,10.0.0.1", "::ffff:10.0.0.0/104", "10.0.0.1:80"} {
		if _, err := (&serving{proxies: strings.Split(words, ",")}).trusted(); !errors.As(err, new(misuse)) {
			t.Errorf("%q: %v", words, err)
		}
	}
}

// TestT44ServeLimitsClients: the daemon as it is started limits whom its peers ask for.
func TestT44ServeLimitsClients(t *testing.T) {
	config := write(t, "feeds.yaml", "site: {title: 临江新闻汇}\nnetwork: {allow: [127.0.0.0/8]}\nsections: [{key: news, title: 要闻}]\n"+
		"sources: [{key: street, name: 柳巷街道, url: \"http://127.0.0.1:9/rss.xml\", section: news}]\n")
	for _, tt := range []struct {
		flag    string
		limited map[string]bool // by X-Forwarded-For
	}{
		{"--trusted-proxies=none", map[string]bool{"": true, "spoofed": true}},
		{"--trusted-proxies=127.0.0.1", map[string]bool{"": false, "spoofed": false, "203.0.113.1": true}},
		{"--roles=publish", map[string]bool{"": false, "203.0.113.1": true}},
	} {
		base, log := startServing(t, "--config", config, "--db", filepath.Join(t.TempDir(), "civicfeed.db"), tt.flag)
		for header, limited := range tt.limited {
			if refused := flood(t, strings.TrimPrefix(base, "http://"), header); refused != limited {
				t.Errorf("%s, X-Forwarded-For: %s: refused %v", tt.flag, header, refused)
			}
		}
		if n := strings.Count(log.String(), "client turned away"); n > 1 {
			t.Errorf("%d lines for one flood", n)
		}
	}
}

// flood asks for a page again and again over one connection, and tells whether it was refused.
func flood(t *testing.T, address, forwarded string) (refused bool) {
	t.Helper()
	conn := dialed(t, address)
	answers := bufio.NewReader(conn)
	for i := range 1000 {
		who := forwarded
		if who == "spoofed" {
			who = fmt.Sprintf("203.0.113.%d", i%200)
		}
		fmt.Fprintf(conn, "GET /feed.rss?x=%d HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\n\r\n", i, who)
		res, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After") == "1" {
			return true
		}
	}
	return false
}
