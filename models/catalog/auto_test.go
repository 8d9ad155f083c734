package catalog

import (
	"strings"
	"testing"
	"time"
)

// Auto is a schedule like others: from the defaults or a source's own, and no matter of the floor.
func TestAuto(t *testing.T) {
	const file = `site: {title: 城}
network: {floor: 2h}
defaults: {schedule: auto}
sources:
  - {key: a, name: 甲, url: "https://a.example/"}
  - {key: b, name: 乙, url: "https://b.example/", schedule: "@daily"}
  - {key: c, name: 丙, url: "https://c.example/", schedule: " auto "}
`
	c, err := Parse("feeds.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, true} {
		s := c.Sources[i]
		if s.Auto != want || s.Auto != (s.Spec == "auto") {
			t.Errorf("%s: auto %v, as %q", s.Key, s.Auto, s.Spec)
		}
		now := time.Date(2026, 10, 4, 8, 10, 0, 0, time.UTC)
		if next := s.Schedule.Next(now); s.Auto && next.Sub(now) != time.Hour {
			t.Errorf("%s: where nothing is learnt, after %s", s.Key, next.Sub(now))
		}
	}
	if _, err := Parse("feeds.yaml", []byte(strings.Replace(file, `" auto "`, "AUTO", 1))); err == nil || !strings.Contains(err.Error(), `write "auto"`) {
		t.Errorf("AUTO: %v", err)
	}
}
