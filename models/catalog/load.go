package catalog

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"civicfeed/models"
)

// Load reads a file. What is wrong with its content is told as [Problems], all at once.
func Load(path string) (*models.Catalog, error) {
	data, err := slurp(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// slurp reads a file, a byte more than may be at most.
func slurp(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	return data, nil
}

// Parse reads the content of a file; the name is for messages. Its error is [Problems].
func Parse(file string, data []byte) (*models.Catalog, error) {
	r := newReader(file, bytes.TrimPrefix(data, []byte("\ufeff")))
	c := r.catalog()
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	return c, nil
}

func (r *reader) catalog() *models.Catalog {
	n := r.document()
	if n == nil {
		return nil
	}
	v, ok := r.grammar.read(r, "the file", n)
	if !ok {
		return nil
	}
	return r.build(v.(*record))
}
