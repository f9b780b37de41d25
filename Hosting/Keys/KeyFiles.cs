using System.Security.Cryptography;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Hosting.Keys;

/// <summary>
/// Key files on disk: readable by their owner only, never written over, replaced only by a whole one. The passphrase of an encrypted
/// one comes from the environment or from the person at the terminal.
/// </summary>
internal static class KeyFiles
{
    /// <summary>The environment variable with the passphrase of key files.</summary>
    public const string PassphraseVariable = "LEITHER_PASSPHRASE";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a key file without opening the key in it.</summary>
    /// <exception cref="CommandFailedException">There is none, or it is not one.</exception>
    public static KeyFile Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"There is no key file {path}. Make one with: leither key new {path}");
        }

        if (new FileInfo(path).Length > KeyFile.TextBytesMax)
        {
            throw NotAKeyFile(path, KeyFileOutcome.Malformed);
        }

        KeyFileOutcome outcome = KeyFile.TryParse(File.ReadAllBytes(path), out KeyFile? file);
        return outcome == KeyFileOutcome.Success ? file! : throw NotAKeyFile(path, outcome);
    }

    /// <summary>Reads a key file and opens the key in it, asking for the passphrase where there is one.</summary>
    /// <exception cref="CommandFailedException">There is none, it is not one, or the passphrase is wrong.</exception>
    public static PrivateKey Open(string path, CommandConsole console)
    {
        KeyFile file = Read(path);
        string passphrase = file.IsPlain ? "" : PassphraseFor(path, console);
        KeyFileOutcome outcome = file.Open(passphrase, out PrivateKey? key);
        return outcome switch
        {
            KeyFileOutcome.Success => key!,
            KeyFileOutcome.WrongPassphrase => throw new CommandFailedException(ExitCode.BadInput, $"The passphrase of {path} is wrong, or the file was changed."),
            _ => throw NotAKeyFile(path, outcome),
        };
    }

    /// <summary>Encrypts a key with salt and nonce drawn anew.</summary>
    public static KeyFile Encrypt(PrivateKey key, string passphrase) => KeyFile.Encrypt(
        key,
        passphrase,
        RandomNumberGenerator.GetBytes(KeyFile.SaltLength),
        RandomNumberGenerator.GetBytes(KeyFile.NonceLength));

    /// <summary>Makes sure that a new key file can be written here.</summary>
    /// <exception cref="CommandFailedException">There is a file already: a key is never written over.</exception>
    public static void RequireFree(string path)
    {
        if (File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{path} is there already; a key is never written over. Name another file.");
        }
    }

    /// <summary>Writes a new key file.</summary>
    /// <exception cref="CommandFailedException">There is a file already.</exception>
    public static void WriteNew(string path, KeyFile file)
    {
        RequireFree(path);
        Write(path, file, replace: false);
    }

    /// <summary>Replaces a key file by another of the same key, so that at every moment one of the two is whole on disk.</summary>
    public static void Replace(string path, KeyFile file) => Write(path, file, replace: true);

    /// <summary>The passphrase for a key file: from the environment, else from the person at the terminal.</summary>
    /// <exception cref="CommandFailedException">There is neither.</exception>
    public static string PassphraseFor(string path, CommandConsole console)
    {
        string? passphrase = console.Environment(PassphraseVariable) ?? console.AskSecret($"Passphrase of {path}");
        return string.IsNullOrEmpty(passphrase)
            ? throw new CommandFailedException(ExitCode.BadInput, $"{path} needs a passphrase: set {PassphraseVariable}, or run this at a terminal.")
            : passphrase;
    }

    /// <summary>A passphrase for a new file: from the environment, else asked for twice.</summary>
    /// <exception cref="CommandFailedException">There is neither, or the two differ.</exception>
    public static string NewPassphrase(string path, CommandConsole console)
    {
        if (console.Environment(PassphraseVariable) is { Length: > 0 } given)
        {
            return given;
        }

        string? first = console.AskSecret($"New passphrase for {path}");
        if (string.IsNullOrEmpty(first))
        {
            throw new CommandFailedException(
                ExitCode.BadInput,
                $"{path} needs a passphrase: set {PassphraseVariable}, run this at a terminal, or (for development only) use --plain.");
        }

        return first == console.AskSecret("The same once more")
            ? first
            : throw new CommandFailedException(ExitCode.BadInput, "The two passphrases differ; nothing was written.");
    }

    private static void Write(string path, KeyFile file, bool replace)
    {
        string whole = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        string unfinished = $"{whole}.{Environment.ProcessId}.new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var stream = new FileStream(unfinished, options))
            {
                stream.Write(file.ToUtf8());
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, whole, replace);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static CommandFailedException NotAKeyFile(string path, KeyFileOutcome outcome) => new(
        ExitCode.BadInput,
        outcome switch
        {
            KeyFileOutcome.UnknownVersion or KeyFileOutcome.UnknownAlgorithm => $"{path} is a key file of a kind that this version does not know.",
            KeyFileOutcome.IterationsOutOfRange => $"{path} asks for a number of iterations that is unsafe or absurd.",
            KeyFileOutcome.KeyMismatch => $"{path} is damaged: its key does not belong to its public key.",
            _ => $"{path} is no key file.",
        });
}
