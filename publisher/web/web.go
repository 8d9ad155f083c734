// Package web holds the texts that pages are made of: the templates of the HTML format and the
// files under /assets/. Input: none. Output: embedded files. It must never hold logic, words of
// any language, or anything that a browser would execute.
package web

import "embed"

// Pages are the templates; each page defines "main", layout.html puts the frame around it.
//
//go:embed pages/*.html
var Pages embed.FS

// Assets are served as they are, but for site.css, which is preceded by the catalog's colours.
//
//go:embed site.css feed.css icon.svg
var Assets embed.FS
