namespace Undercroft.Monitors;

/// <summary>Knows secrets. <c>env</c> and <c>file</c> are built in; give the executor others, such as your vault's.
/// </summary>
public interface ISecretProvider
{
    /// <summary>The name plans call it by.</summary>
    string Name { get; }

    /// <summary>Reads a secret.</summary>
    /// <param name="secret">Which one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The secret; null where there is none.</returns>
    /// <exception cref="SecretException">It cannot be read. The message is shown to who reads the run.</exception>
    ValueTask<string?> FindAsync(SecretReference secret, CancellationToken cancellationToken = default);
}
