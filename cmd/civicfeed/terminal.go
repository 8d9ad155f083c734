package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/rivo/uniseg"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows how far a long command is, on a terminal only.
type bar struct{ *progressbar.ProgressBar }

// bar makes a bar of n steps, silent where stderr is no terminal.
func (e *env) bar(n int, what string) bar {
	f, ok := e.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return bar{}
	}
	return bar{progressbar.NewOptions(n, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond))}
}

// done counts a step and names the newest.
func (b bar) done(what string) {
	if b.ProgressBar != nil {
		b.Describe(fmt.Sprintf("%-24.24s", what))
		_ = b.Add(1) // a bar that cannot be drawn is no failure of the work
	}
}

func (b bar) close() {
	if b.ProgressBar != nil {
		_ = b.Finish()
	}
}

// table lines up columns by the cells they take on a terminal, where a han takes two.
type table struct {
	rows  [][]string
	notes map[int][]string // below a row
}

func newTable(head ...string) *table {
	return &table{rows: [][]string{head}, notes: map[int][]string{}}
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// note puts a line below the newest row.
func (t *table) note(s string) {
	i := len(t.rows) - 1
	t.notes[i] = append(t.notes[i], s)
}

func (t *table) print(out io.Writer) {
	widths := make([]int, len(t.rows[0]))
	for _, r := range t.rows {
		for i, c := range r {
			widths[i] = max(widths[i], uniseg.StringWidth(c))
		}
	}
	for i, r := range t.rows {
		var line strings.Builder
		for j, c := range r {
			line.WriteString(c + strings.Repeat(" ", widths[j]-uniseg.StringWidth(c)+2))
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
		for _, n := range t.notes[i] {
			fmt.Fprintln(out, "    "+n)
		}
	}
}

// clip shortens s to n cells.
func clip(s string, n int) string {
	if uniseg.StringWidth(s) <= n {
		return s
	}
	kept, taken := "", 1 // the ellipsis
	for g := uniseg.NewGraphemes(s); g.Next() && taken+g.Width() <= n; taken += g.Width() {
		kept += g.Str()
	}
	return kept + "…"
}
