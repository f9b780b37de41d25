using LeitherCluster.Hosting.Commands;

return await LeitherCommandLine.RunAsync(args, CommandConsole.OfProcess()).ConfigureAwait(false);
