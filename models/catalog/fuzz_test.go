package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"civicfeed/models"
)

// Parse never panics; what it refuses it explains; what it takes is whole, and the schema takes it too.
func FuzzParse(f *testing.F) {
	broken, _ := filepath.Glob("testdata/broken/*.txtar")
	for _, file := range broken {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
	good, _ := filepath.Glob(root + "docs/catalogs/*.yaml")
	for _, file := range append(good, root+"feeds.yaml", "testdata/full.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f", data)
		var ps Problems
		switch {
		case err == nil:
			whole(t, c)
			if wrong := validate(t, []byte(strings.TrimPrefix(string(data), "\ufeff"))); len(wrong) > 0 {
				t.Errorf("taken, but not by the schema: %s", strings.Join(wrong, "\n"))
			}
		case !errors.As(err, &ps) || len(ps) == 0 || c != nil:
			t.Errorf("%v, %v", c, err)
		}
		for _, p := range ps {
			if p.Line < 1 || p.Col < 1 || p.Message == "" || !utf8.ValidString(p.Message) {
				t.Errorf("%+v", p)
			}
		}
	})
}

// A schedule that is taken comes, later than now, and never asks more than once a second.
func FuzzSchedule(f *testing.F) {
	for _, s := range []string{"@hourly", "@every 1h", "*/5 * * * *", "0 0 29 2 *", "30 6-22/2 * * MON-FRI", "TZ=0", "? ? ? ? ?", "1,2-5/3 0 L * *"} {
		f.Add(s)
	}
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := parseSpec(s)
		if err != nil {
			return
		}
		from := time.Date(2026, 10, 4, 8, 0, 0, 0, time.UTC)
		if next := v.(spec).in(shanghai).Next(from); !next.After(from) {
			t.Errorf("%q comes at %v", s, next)
		}
		if gap := v.(spec).shortest(time.Second); gap != time.Second {
			t.Errorf("%q comes after %v", s, gap)
		}
	})
}

func whole(t *testing.T, c *models.Catalog) {
	t.Helper()
	if c.Site.Title == "" || c.Site.Location == nil || c.Site.Language == "" || c.Site.URL != "" && (c.Site.ID == "" || !strings.HasSuffix(c.Site.URL, "/")) {
		t.Errorf("site: %+v", c.Site)
	}
	if c.Network.Concurrency < 1 || c.Network.Floor < 0 || c.Network.MaxBody < 1 || len(c.Network.Ports) == 0 || len(c.Sources) == 0 {
		t.Errorf("network: %+v, %d sources", c.Network, len(c.Sources))
	}
	seen := map[string]bool{}
	for _, s := range c.Sources {
		if seen[s.Key] || s.Key == "" || s.Name == "" || s.URL == "" || s.Spec == "" || s.Location == nil || s.Timeout <= 0 || s.Republish == "" || s.Line < 1 {
			t.Errorf("source: %+v", s)
		}
		seen[s.Key] = true
		from := time.Date(2026, 10, 4, 8, 0, 0, 0, time.UTC)
		if next := s.Schedule.Next(from); !next.After(from) || next.Sub(from) < 0 {
			t.Errorf("%s: %q comes at %v", s.Key, s.Spec, next)
		}
		for _, k := range s.Sections {
			if _, ok := c.Section(k); !ok {
				t.Errorf("%s: no section %s", s.Key, k)
			}
		}
		if _, ok := c.Region(s.Region); !ok && s.Region != "" {
			t.Errorf("%s: no region %s", s.Key, s.Region)
		}
		c.Membership(&models.Item{Source: s.Key, Title: "題", Link: s.URL})
	}
}
