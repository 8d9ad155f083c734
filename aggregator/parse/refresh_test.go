package parse

import "testing"

func TestRefresh(t *testing.T) {
	for page, want := range map[string]string{
		`<meta http-equiv="refresh" content="0;url=/web/index.html">`:                                "/web/index.html",
		`<html><head><META HTTP-EQUIV='Refresh' CONTENT="0; URL='http://www.xizhou.example/a?b=1'">`: "http://www.xizhou.example/a?b=1",
		`<meta http-equiv=refresh content="3, web/">`:                                                "web/",
		`<meta http-equiv="refresh" content="300">`:                                                  "", // the same page once more
		`<meta http-equiv="refresh" content="60;url=/">`:                                             "", // after it was read
		`<!--[if lt IE 9]><meta http-equiv="refresh" content="0;url=/old.html"><![endif]-->`:         "",
		`<noscript><meta http-equiv="refresh" content="0;url=/noscript.html"></noscript><p>汐州</p>`:   "",
		`<meta name="keywords" content="0;url=/web/">`:                                               "",
		`<p>&lt;meta http-equiv="refresh" content="0;url=/web/"></p>`:                                "",
		`<script>document.write('<meta http-equiv="refresh" content="0;url=/web/">')</script>`:       "",
		"": "",
	} {
		if got := Refresh([]byte(page)); got != want {
			t.Errorf("%s: %q, want %q", page, got, want)
		}
	}
}
