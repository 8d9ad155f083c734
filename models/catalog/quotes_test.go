package catalog

import (
	"strings"
	"testing"
	"time"
)

// However many quotations a broken file has, the one at fault is found in a moment.
func TestManyQuotations(t *testing.T) {
	for name, data := range map[string]string{
		"in a line": "site: [" + strings.Repeat(`"a",`, 40_000) + `"b"c"]`,
		"in lines":  "site:\n" + strings.Repeat("- \"a\"\n", 20_000) + `- "b"c"`,
		"unended":   "site:\n" + strings.Repeat("- 'a\n", 20_000) + `- "b"c"`,
	} {
		began := time.Now()
		if _, err := Parse("f", []byte(data)); err == nil {
			t.Errorf("%s: taken as good", name)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
	}
}
