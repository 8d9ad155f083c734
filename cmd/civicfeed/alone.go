package main

import (
	"context"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"civicfeed/aggregator"
)

// readAlone is not for people: a daemon starts it to read a document that may end the process.
func readAlone() *cobra.Command {
	return &cobra.Command{
		Use:    aloneName,
		Short:  "Read one document from standard input, in a process of its own",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return aggregator.ReadAlone(cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

const aloneName = "read-alone"

// alone makes that process, of this very program.
func alone(ctx context.Context) *exec.Cmd {
	self, err := os.Executable()
	cmd := exec.CommandContext(ctx, self, aloneName)
	cmd.Args[0] = os.Args[0]
	if err != nil {
		cmd.Err = err
	}
	return cmd
}
