// Checks evidence made by @ancilla/evidence with the code that Go itself trusts for its checksum database. Claims come on stdin, what failed goes to stderr.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type claims struct {
	Vkey      string `json:"vkey"`
	Skey      string `json:"skey"`
	Note      string `json:"note"`
	Inclusion []struct {
		Index  int64       `json:"index"`
		Size   int64       `json:"size"`
		Entry  string      `json:"entry"`
		Root   tlog.Hash   `json:"root"`
		Hashes []tlog.Hash `json:"hashes"`
	} `json:"inclusion"`
	Consistency []struct {
		OldSize int64       `json:"oldSize"`
		Size    int64       `json:"size"`
		OldRoot tlog.Hash   `json:"oldRoot"`
		Root    tlog.Hash   `json:"root"`
		Hashes  []tlog.Hash `json:"hashes"`
	} `json:"consistency"`
}

func main() {
	if err := check(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check() error {
	var c claims
	if err := json.NewDecoder(os.Stdin).Decode(&c); err != nil {
		return err
	}
	verifier, err := note.NewVerifier(c.Vkey)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(c.Note), note.VerifierList(verifier))
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(c.Skey)
	if err != nil {
		return err
	}
	again, err := note.Sign(&note.Note{Text: opened.Text}, signer)
	if err != nil {
		return err
	}
	if string(again) != c.Note {
		return fmt.Errorf("Go signs the note as\n%s", again)
	}
	for _, p := range c.Inclusion {
		if err := tlog.CheckRecord(p.Hashes, p.Size, p.Root, p.Index, tlog.RecordHash([]byte(p.Entry))); err != nil {
			return fmt.Errorf("entry %d of %d: %w", p.Index, p.Size, err)
		}
	}
	for _, p := range c.Consistency {
		if err := tlog.CheckTree(p.Hashes, p.Size, p.Root, p.OldSize, p.OldRoot); err != nil {
			return fmt.Errorf("%d to %d: %w", p.OldSize, p.Size, err)
		}
	}
	fmt.Printf("%d inclusion proofs, %d consistency proofs\n", len(c.Inclusion), len(c.Consistency))
	return nil
}
