package main

import (
	"github.com/spf13/cobra"

	"civicfeed/models/catalog"
)

func schema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of feeds.yaml, for editors",
		Example: `  civicfeed schema > feeds.schema.json
  # and as the first line of feeds.yaml:
  # yaml-language-server: $schema=./feeds.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(catalog.Schema())
			return err
		},
	}
}
