// Command civicfeed watches the news sources of a city and republishes them as merged feeds.
// Each command has a file of its own; all wiring of the packages is here and nowhere else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // zones on machines without a zone database

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Exit statuses.
const (
	done   = 0
	failed = 1 // what was asked failed
	usage  = 2 // what was asked made no sense
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the whole program: data goes to stdout, everything else to stderr.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	e := &env{stderr: stderr}
	root := e.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return done
	case errors.Is(err, errTold):
		return failed
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "civicfeed: interrupted; what was saved by then stays")
		return failed
	case e.ran && !errors.As(err, new(misuse)):
		fmt.Fprintln(stderr, "civicfeed:", err)
		return failed
	}
	fmt.Fprintf(stderr, "civicfeed: %v\nRun \"civicfeed help\" for the commands and their flags.\n", err)
	return usage
}

// errTold ends a command whose output has already said what failed.
var errTold = errors.New("told")

// misuse is an error of who wrote the command line, and not of what it asked for.
type misuse struct{ error }

func misused(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

// env is what every command shares: the common flags and where to speak.
type env struct {
	config    string
	db        string
	logLevel  string
	logFormat string
	stderr    io.Writer
	ran       bool // the command line was understood
}

func (e *env) root() *cobra.Command {
	root := e.serve()
	root.Use = "civicfeed"
	root.Short = "Merged news feeds of a city, by section and by place"
	root.Long = `civicfeed watches the news sources of a city, its districts and sub-districts,
and republishes them as merged feeds (RSS, Atom, JSON Feed, HTML) by section and by place.

Without a command it serves: it polls the sources of feeds.yaml and publishes at --listen.
Try it offline with "civicfeed serve --demo".

Every flag may also be given as an environment variable: --db as CIVICFEED_DB, and so on.`
	root.SilenceErrors, root.SilenceUsage = true, true
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := fromEnvironment(cmd.Flags()); err != nil {
			return err
		}
		e.ran = true
		return nil
	}
	f := root.PersistentFlags()
	f.StringVar(&e.config, "config", "feeds.yaml", "the catalog: what to read and how to group it")
	f.StringVar(&e.db, "db", "civicfeed.db", "the database: a file, or postgres://user@host/name")
	f.StringVar(&e.logLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&e.logFormat, "log-format", "text", "text or json")
	root.AddCommand(e.serve(), e.check(), e.fetch(), e.preview(), e.discover(), e.explain(), e.withdraw(), schema(), version(), readAlone())
	return root
}

// fromEnvironment takes the flags that the command line left out from CIVICFEED_<NAME>.
func fromEnvironment(flags *pflag.FlagSet) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "CIVICFEED_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value, ok := os.LookupEnv(name); ok && !f.Changed {
			if err := flags.Set(f.Name, value); err != nil {
				errs = append(errs, fmt.Errorf("%s=%q: %w", name, value, err))
			}
		}
	})
	return errors.Join(errs...)
}

// log makes the logger that --log-level and --log-format ask for.
func (e *env) log() (*slog.Logger, error) {
	o := &slog.HandlerOptions{}
	var level slog.Level
	if err := level.UnmarshalText([]byte(e.logLevel)); err != nil {
		return nil, misused("--log-level %q: write debug, info, warn or error", e.logLevel)
	}
	o.Level = level
	switch e.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(e.stderr, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(e.stderr, o)), nil
	}
	return nil, misused("--log-format %q: write text or json", e.logFormat)
}
