package render

import "bytes"

// longSection is a body; what is shorter may be a title or an id, and costs little to read.
const longSection = 512

// withoutBodies is an XML document with its long CDATA sections empty, once their characters are seen
// to be such as may stand there (XML 1.0 sections 2.2 and 2.7): the parser, which takes its time over
// each of them, need not see them again. Where comments or instructions could hide what a section is,
// and where a character is doubtful, all is left to the parser.
func withoutBodies(doc []byte) []byte {
	const begins, ends = "<![CDATA[", "]]>"
	prolog := 0
	for bytes.HasPrefix(doc[prolog:], []byte("<?")) {
		n := bytes.Index(doc[prolog:], []byte("?>"))
		if n < 0 {
			return doc
		}
		prolog += n + len("?>")
	}
	if bytes.Contains(doc[prolog:], []byte("<!--")) || bytes.Contains(doc[prolog:], []byte("<?")) {
		return doc
	}
	var out []byte
	done, kept := 0, prolog // how far it is in out, and how far it was looked at
	for {
		from := bytes.Index(doc[kept:], []byte(begins))
		if from < 0 {
			break
		}
		from += kept + len(begins)
		n := bytes.Index(doc[from:], []byte(ends))
		if n < 0 {
			break
		}
		if n < longSection || !isLegal(doc[from:from+n]) {
			kept = from + n + len(ends)
			continue
		}
		if out == nil {
			out = make([]byte, 0, len(doc)-n)
		}
		out = append(out, doc[done:from]...)
		done, kept = from+n, from+n+len(ends)
	}
	if out == nil {
		return doc
	}
	return append(out, doc[done:]...)
}
