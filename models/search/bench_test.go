package search

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// article is a text of a number of characters, as a city's news are: Chinese with punctuation, numbers
// and a few words. No part of it comes again.
func article(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < 3*n; i++ {
		b.WriteString("咸宁市召开全市经济工作会议，部署2026年重点任务。")
		for j := range 12 {
			b.WriteRune(0x4E00 + rune((i*7919+j*1313)%20000))
		}
		b.WriteString("（GDP增长6.5%），“5G基站”")
	}
	return string([]rune(b.String())[:n])
}

const latinArticle = "The City Council of Xianning met on 5 November 2026 to discuss the new café quarter. "

func BenchmarkTerms(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"Chinese", article(1000)}, {"Latin", strings.Repeat(latinArticle, 12)}, {"Korean", strings.Repeat("한국 정부는 오늘 발표했다. ", 66)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Terms(c.text)
			}
		})
	}
	text := article(1000)
	b.Run("Chinese/naive", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			naiveTerms(naiveFold(text))
		}
	})
}

func BenchmarkMatches(b *testing.B) {
	text := article(1000)
	for _, c := range []struct{ name, query string }{{"absent", "赤壁温泉"}, {"late", text[len(text)-12:]}, {"words", "咸宁 GDP 基站"}} {
		q := Parse(c.query)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				q.Matches(text)
			}
		})
	}
	b.Run("absent/Latin", func(b *testing.B) {
		q, text := Parse("nowhere"), strings.Repeat(latinArticle, 12)
		for b.Loop() {
			q.Matches(text)
		}
	})
	b.Run("absent/Contains", func(b *testing.B) {
		for b.Loop() {
			strings.Contains(text, "赤壁温泉")
		}
	})
	b.Run("absent/naive", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			strings.Contains(naiveFold(text), "赤壁温泉")
		}
	})
}

func BenchmarkMarks(b *testing.B) {
	text, q := article(1000), Parse("咸宁 GDP 基站")
	b.ReportAllocs()
	for b.Loop() {
		q.Marks(text)
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		Parse("咸宁 “十四五”规划 5G基站")
	}
}

func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		readHan(hanText)
	}
}

// naiveFold and naiveTerms are what one would write first.
func naiveFold(s string) string {
	han := hanForms()
	return strings.Map(func(c rune) rune { return han.fold(unicode.ToLower(c)) }, norm.NFKC.String(s))
}

func naiveTerms(s string) []string {
	terms := map[string]bool{}
	var before rune
	for _, c := range s {
		if kindOf(c) == dense {
			terms[string(c)] = true
			if before != 0 {
				terms[string([]rune{before, c})] = true
			}
			before = c
			continue
		}
		before = 0
	}
	for _, word := range strings.FieldsFunc(s, func(c rune) bool { return kindOf(c) != letter }) {
		terms[word] = true
	}
	return slices.Collect(maps.Keys(terms))
}
