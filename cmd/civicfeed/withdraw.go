package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"civicfeed/models"
	"civicfeed/models/store"
)

func (e *env) withdraw() *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use:   "withdraw URL|ID...",
		Short: "Take published stories back: out of every feed, page, archive and search",
		Long: `Take published stories back. Within seconds no feed, page, archive or search of a running daemon shows
them any more, and their own pages answer 410 (gone); what their sources go on publishing does not bring
them back. A story is named by its id, the address of its page, or the link of the article: by that, all
stories that have it are taken back. Readers keep what they have read already.`,
		Example: `  civicfeed withdraw https://feeds.example.org/stories/abc123
  civicfeed withdraw --undo https://feeds.example.org/stories/abc123`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.takeBack(cmd.Context(), args, undo, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "publish them again")
	return cmd
}

// takeBack withdraws all that is named, or where something is not found nothing.
func (e *env) takeBack(ctx context.Context, names []string, undo bool, out io.Writer) error {
	cat, st, err := e.catalogAndStore(ctx, false)
	if err != nil {
		return err
	}
	defer st.Close()
	var all []models.Story
	for _, name := range names {
		stories, err := e.found(ctx, cat, st, name)
		if err != nil {
			return err
		}
		all = append(all, stories...)
	}
	return e.takeBackAll(ctx, st, all, undo, out)
}

func (e *env) takeBackAll(ctx context.Context, st *store.Store, all []models.Story, undo bool, out io.Writer) error {
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	n, err := st.Withdraw(ctx, undo, ids...)
	if err != nil {
		return err
	}
	word, other := "withdrawn", "publish it again: civicfeed withdraw --undo "
	if undo {
		word, other = "published again", "take it back: civicfeed withdraw "
	}
	if n == 0 {
		word += " before already"
	}
	for i := range all {
		fmt.Fprintf(out, "%s  %s  %s\n", word, all[i].ID, all[i].Items[0].Title)
		fmt.Fprintf(e.stderr, "%s%s\n", other, all[i].ID)
	}
	return nil
}
