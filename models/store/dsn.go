package store

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"gorm.io/gorm"
)

// sqlitePath says in words what SQLite would say in numbers.
func sqlitePath(path string, readOnly bool) error {
	if path == "" || strings.Contains(path, ":memory:") {
		return errors.New("name a file: several connections share it")
	}
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s: make it first", dir)
	}
	if readOnly {
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	return nil
}

// withSetting adds a parameter to a PostgreSQL address. It leaves the rest as it is: an address
// may name several hosts, which net/url does not take.
func withSetting(dsn, setting string) string {
	if strings.Contains(dsn, "?") {
		return dsn + "&" + setting
	}
	return dsn + "?" + setting
}

// redact names a PostgreSQL database without the password.
func redact(dsn string) string {
	if u, err := url.Parse(dsn); err == nil {
		return u.Scheme + "://" + u.Host + u.Path
	}
	return "postgres"
}

// encoded refuses a PostgreSQL database that could not hold every name.
func encoded(db *gorm.DB) error {
	var encoding string
	if err := db.Raw("SHOW server_encoding").Scan(&encoding).Error; err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("its encoding is %s: create it with ENCODING 'UTF8' TEMPLATE template0", encoding)
	}
	return nil
}
