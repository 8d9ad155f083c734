package demo

import (
	"bytes"
	"net/url"
	"strings"
	"text/template"
)

// Catalog is the feeds.yaml of the city, for sources at origin, the address under which [Handler]
// is reached: http://127.0.0.1:PORT.
func (c *City) Catalog(origin string) []byte {
	origin = strings.TrimSuffix(origin, "/")
	data := struct {
		Origin, Port string
		Sources      []source
	}{Origin: origin, Port: "80", Sources: c.sources}
	if u, err := url.Parse(origin); err == nil && u.Port() != "" {
		data.Port = u.Port()
	}
	t := template.Must(template.ParseFS(files, "templates/feeds.yaml"))
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		panic(err) // a buffer takes everything, and the template asks for nothing that may fail
	}
	return b.Bytes()
}
