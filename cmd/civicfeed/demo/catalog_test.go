package demo

import (
	"strings"
	"testing"
	"time"

	"civicfeed/models"
	"civicfeed/models/catalog"
)

const origin = "http://127.0.0.1:4040"

func load(t *testing.T, c *City) *models.Catalog {
	t.Helper()
	cat, err := catalog.Parse("demo/feeds.yaml", c.Catalog(origin+"/"))
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func TestCatalogLoads(t *testing.T) {
	c := cityAt(0)
	cat := load(t, c)
	if len(cat.Sources) != 11 {
		t.Errorf("%d sources, want 11", len(cat.Sources))
	}
	levels := map[int]int{}
	for _, r := range cat.Regions {
		levels[len(cat.RegionPath(r.Key))]++
	}
	if len(levels) != 3 {
		t.Errorf("regions by depth: %v, want three levels", levels)
	}
	for _, s := range cat.Sources {
		if r := get(c, strings.TrimPrefix(s.URL, origin)); r.StatusCode != 200 {
			t.Errorf("%s: %s", s.URL, r.Status)
		}
		if gap := s.Schedule.Next(start()).Sub(start()); gap != 10*time.Second {
			t.Errorf("%s is due after %v", s.Key, gap)
		}
	}
}
