package catalog

import (
	"testing"
	"time"
)

func TestScheduleInItsZone(t *testing.T) {
	from := time.Date(2026, 10, 4, 0, 0, 0, 0, time.UTC) // 08:00 in Shanghai
	tests := []struct{ spec, zone, want string }{
		{"@hourly", "Asia/Shanghai", "2026-10-04T01:00:00Z"},
		{"@daily", "Asia/Shanghai", "2026-10-04T16:00:00Z"},
		{"0 5 * * *", "Asia/Shanghai", "2026-10-04T21:00:00Z"},
		{"0 5 * * *", "Asia/Tokyo", "2026-10-04T20:00:00Z"},
		{"0 5 * * *", "America/New_York", "2026-10-04T09:00:00Z"},
		{"0 6 * * MON", "Asia/Shanghai", "2026-10-04T22:00:00Z"},
		{"0 0 29 2 *", "UTC", "2028-02-29T00:00:00Z"},
		{"@every 45m", "Asia/Shanghai", "2026-10-04T00:45:00Z"},
		{"@every 1d", "Asia/Shanghai", "2026-10-05T00:00:00Z"},
		{" @every  1.5h ", "Asia/Shanghai", "2026-10-04T01:30:00Z"},
	}
	for _, tt := range tests {
		v, err := parseSpec(tt.spec)
		if err != nil {
			t.Errorf("%q: %v", tt.spec, err)
			continue
		}
		if got := v.(spec).in(zoned(t, tt.zone)).Next(from).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("%q in %s: %s, want %s", tt.spec, tt.zone, got, tt.want)
		}
	}
}

// Where clocks change, an interval is still a duration; a cron spec goes by the clock on the wall,
// and so skips an hour that is not there. It never stops coming.
func TestR16DaylightSaving(t *testing.T) {
	ny := zoned(t, "America/New_York")
	spring := time.Date(2026, 3, 8, 1, 45, 0, 0, ny) // an hour later it is 03:45
	for text, want := range map[string]time.Duration{
		"@every 1h":  time.Hour,
		"@hourly":    15 * time.Minute,
		"30 2 * * *": 23*time.Hour + 45*time.Minute,
		"0 0 * * *":  21*time.Hour + 15*time.Minute,
	} {
		v, err := parseSpec(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.(spec).in(ny).Next(spring).Sub(spring); got != want {
			t.Errorf("%s: after %v, want %v", text, got, want)
		}
	}
}

func TestT52Refused(t *testing.T) {
	for _, text := range []string{"", "TZ=0", "TZ=", "CRON_TZ=Asia/Shanghai", "CRON_TZ=Asia/Shanghai 0 5 * * *", "TZ=UTC @hourly",
		"@every -1h", "@every 0s", "@every 1ns", "@every", "@every x", "@reboot", "0 0 31 2 *", "0 0 30 2 *", "0 0 31 4 *", "0 0 0 * *",
		"* * * *", "0 * * * * *", "60 * * * *", "* 24 * * *", "* * * * 7", "*/0 * * * *", "5-1 * * * *", "@auto", "Auto", "auto 1h", "@every 300y"} {
		if v, err := parseSpec(text); err == nil {
			t.Errorf("%q was taken as %v", text, v)
		}
	}
}

func TestShortest(t *testing.T) {
	tests := []struct {
		spec        string
		floor, want time.Duration
	}{
		{"* * * * *", 5 * time.Minute, time.Minute},
		{"*/5 * * * *", 5 * time.Minute, 5 * time.Minute},
		{"*/7 * * * *", 5 * time.Minute, 4 * time.Minute}, // 56, then 00
		{"0,58 23,0 1 * *", 5 * time.Minute, 5 * time.Minute},
		{"0 0 29 2 *", 5 * time.Minute, 5 * time.Minute}, // leap years go on, but for 2100
		{"58 23 * * *", 24 * time.Hour, 24 * time.Hour},
		{"@hourly", 2 * time.Hour, time.Hour},
		{"@every 1m", 5 * time.Minute, time.Minute},
		{"@every 1s", 0, 0},
	}
	for _, tt := range tests {
		v, err := parseSpec(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		got := v.(spec).shortest(tt.floor)
		if got != tt.want {
			t.Errorf("%q: %v, want %v", tt.spec, got, tt.want)
		}
	}
}
