// The loader inside of Docker Compose as a command: it reads the compose file of the current folder with its .env, as
// `docker compose config` does, and prints what it means as JSON. The loader's own command passes no variables on.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.Getwd()
	if err != nil {
		return err
	}
	options, err := cli.NewProjectOptions(nil,
		cli.WithWorkingDirectory(folder),
		cli.WithName("hiveloop"),
		cli.WithOsEnv,
		cli.WithEnvFiles(),
		cli.WithDotEnv,
		cli.WithDefaultConfigPath,
		// Paths as they are written, and variables that are handed on still by their names.
		cli.WithResolvedPaths(false),
		cli.WithoutEnvironmentResolution,
	)
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	json, err := project.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(json)
	return err
}
