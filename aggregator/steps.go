package aggregator

import (
	"fmt"
	"strings"

	"civicfeed/aggregator/decode"
	"civicfeed/aggregator/fetch"
	"civicfeed/aggregator/parse"
	"civicfeed/models"
)

// Trace is [Read] that tells each step of it: those of the document, in order, as far as it came
// where it ended in an error; those of an item in its Steps.
func Trace(resp *fetch.Response, src models.Source) (*Reading, []models.Step, error) {
	t := &trace{}
	t.answered(resp)
	r, err := read(resp, src, t)
	if r != nil {
		r.Feed.Steps = t.steps
	}
	return r, t.steps, err
}

// trace notes the steps of a reading; a nil one notes nothing.
type trace struct{ steps []models.Step }

func (t *trace) on() bool { return t != nil }

func (t *trace) add(steps ...models.Step) {
	if t != nil {
		t.steps = append(t.steps, steps...)
	}
}

func (t *trace) answered(resp *fetch.Response) {
	why := "a file"
	if resp.Status != 0 {
		why = fmt.Sprintf("status %d", resp.Status)
	}
	if resp.ContentType != "" {
		why += fmt.Sprintf(", Content-Type %q", resp.ContentType)
	}
	t.add(models.Step{Stage: models.StageAnswer, What: "body", From: resp.URL, To: fmt.Sprintf("%d bytes", len(resp.Body)), Why: why})
}

func (t *trace) decoded(text decode.Text) {
	if t == nil {
		return
	}
	t.add(models.Step{Stage: models.StageBytes, What: "encoding", To: text.Encoding, Why: "told by " + text.By})
	t.warned(models.StageBytes, "repair", text.Repairs)
}

func (t *trace) parsed(doc *parse.Document) {
	if t == nil {
		return
	}
	t.add(models.Step{Stage: models.StageParsed, What: "format", To: doc.Version})
	whole := "all of them"
	if doc.Partial {
		whole = "some are missing: the next answer is asked for whole"
	}
	t.add(models.Step{Stage: models.StageParsed, What: "entries", To: fmt.Sprint(len(doc.Entries)), Why: whole})
	t.warned(models.StageParsed, "repair", doc.Warnings)
}

func (t *trace) normalized(feed models.Feed, items int) {
	if t == nil {
		return
	}
	t.add(feed.Steps...)
	t.add(models.Step{Stage: models.StageNormalized, What: "items", To: fmt.Sprint(items)})
	t.warned(models.StageNormalized, "doubt", feed.Warnings)
}

func (t *trace) warned(stage models.Stage, what string, warnings []string) {
	for _, w := range warnings {
		t.add(models.Step{Stage: stage, What: what, Why: w})
	}
}

// maxRemarks bounds the kinds of doubts about items that a visit tells.
const maxRemarks = 10

// remarks are the warnings of a reading, and of its items: of a kind that many have, one.
func (r *Reading) remarks() []string {
	var kinds []string
	first, count := map[string]string{}, map[string]int{}
	for i := range r.Items {
		for _, w := range r.Items[i].Warnings {
			kind, _, _ := strings.Cut(w, "“")
			if count[kind]++; count[kind] == 1 {
				kinds, first[kind] = append(kinds, kind), w
			}
		}
	}
	all := r.Warnings
	for i, kind := range kinds {
		if i == maxRemarks {
			break
		}
		if n := count[kind]; n == 1 {
			all = append(all[:len(all):len(all)], "of an item: "+first[kind])
		} else {
			all = append(all[:len(all):len(all)], fmt.Sprintf("of %d items, such as one: %s", n, first[kind]))
		}
	}
	return all
}
