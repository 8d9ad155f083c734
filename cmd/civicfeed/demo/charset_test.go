package demo

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

var update = flag.Bool("update", false, "write the charset tables anew")

// rows lists runs of codes: from first to last of each lead byte's trail bytes.
type rows struct{ lead0, lead1, trail0, trail1 int }

// charsets are the parts of each charset that the tables hold, and who knows them well.
func charsets() map[string]struct {
	known encoding.Encoding
	rows  []rows
} {
	return map[string]struct {
		known encoding.Encoding
		rows  []rows
	}{
		"gbk": {simplifiedchinese.GBK, []rows{
			{0xa1, 0xa9, 0xa1, 0xfe}, {0xb0, 0xf7, 0xa1, 0xfe}, {0x86, 0x86, 0xb4, 0xb4}, {0xe9, 0xe9, 0x46, 0x46},
		}},
		"big5": {traditionalchinese.Big5, []rows{
			{0xa1, 0xa3, 0x40, 0x7e}, {0xa1, 0xa3, 0xa1, 0xfe}, {0xa4, 0xc6, 0x40, 0x7e}, {0xa4, 0xc6, 0xa1, 0xfe},
		}},
	}
}

func table(known encoding.Encoding, all []rows) []byte {
	var b bytes.Buffer
	for _, r := range all {
		for lead := r.lead0; lead <= r.lead1; lead++ {
			var line []byte
			for trail := r.trail0; trail <= r.trail1; trail++ {
				c, err := known.NewDecoder().Bytes([]byte{byte(lead), byte(trail)})
				if err != nil || utf8.RuneCount(c) != 1 || c[0] < 0x80 {
					c = []byte("\uFFFD")
				}
				line = append(line, c...)
			}
			if line = bytes.TrimRight(line, "\uFFFD"); len(line) > 0 {
				fmt.Fprintf(&b, "%02x%02x %s\n", lead, r.trail0, line)
			}
		}
	}
	return b.Bytes()
}

func TestCharsetTables(t *testing.T) {
	for name, c := range charsets() {
		t.Run(name, func(t *testing.T) {
			file, want := "charsets/"+name+".txt", table(c.known, c.rows)
			if *update {
				if err := os.WriteFile(file, want, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not what x/text knows; run go test -update", file)
			}
			for r, code := range readCharset(files, name) {
				text, err := c.known.NewDecoder().Bytes([]byte{byte(code >> 8), byte(code)})
				if err != nil || string(text) != string(r) {
					t.Errorf("%c is %04x here, which means %q", r, code, text)
				}
			}
		})
	}
}

func TestEncode(t *testing.T) {
	e := encoder{'汐': 0xcfab}
	if got, want := string(e.encode([]byte("a汐𠮷"))), "a\xcf\xab&#134071;"; got != want {
		t.Errorf("encode = %q, want %q", got, want)
	}
}
