package store

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"civicfeed/models"
)

// scrub makes every string within v one that both engines take: UTF-8 without NUL. Decoding sees
// to that; this is the last line, so that no byte from outside can make a transaction fail.
func scrub[T any](v *T) { scrubValue(reflect.ValueOf(v).Elem()) }

func scrubValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); !storable(s) {
			v.SetString(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			scrubValue(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			scrubValue(v.Index(i))
		}
	}
}

func storable(s string) bool {
	return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// verbatim drops a validator that cannot be kept byte for byte: one that was changed must never
// be sent, and without one the source is merely asked without a condition.
func verbatim(v models.Validators) models.Validators {
	if !storable(v.ETag) {
		v.ETag = ""
	}
	if !storable(v.LastModified) {
		v.LastModified = ""
	}
	return v
}
