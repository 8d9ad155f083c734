package models

// Access is how a source is asked that needs more than the network's own ways. Secrets are not in
// it but named by it: where a value has ${NAME} the environment variable of that name is meant.
type Access struct {
	Headers map[string]string // beside those of every request
	Auth    Auth
	CAFile  string // certificates that are trusted beside the system's, in PEM; empty: the network's
	Proxy   string // address of a proxy, or [Direct]; empty: the network's
}

// Auth is what a source wants to know of who asks (RFC 7617).
type Auth struct{ User, PasswordFile string }

// Direct, as a proxy, is none.
const Direct = "none"
