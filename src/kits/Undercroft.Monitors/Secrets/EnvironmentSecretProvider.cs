namespace Undercroft.Monitors;

/// <summary>Secrets from the variables of the process: <c>env</c>.</summary>
/// <remarks>Plans come from whoever may post one, so only variables with the prefix can be read: the reference
/// <c>API_TOKEN</c> means <c>UNDERCROFT_SECRET_API_TOKEN</c>.</remarks>
/// <param name="read">Reads a variable; null where it is not set.</param>
public sealed class EnvironmentSecretProvider(Func<string, string?> read) : ISecretProvider
{
    /// <summary>The beginning of the names of variables that plans may read.</summary>
    public const string Prefix = "UNDERCROFT_SECRET_";

    private readonly Func<string, string?> read = read ?? throw new ArgumentNullException(nameof(read));

    /// <inheritdoc/>
    public string Name => "env";

    /// <inheritdoc/>
    public ValueTask<string?> FindAsync(SecretReference secret, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var name = secret.Reference.StartsWith(Prefix, StringComparison.Ordinal)
            ? secret.Reference
            : Prefix + secret.Reference;
        return new(SecretField.Of(secret, read(name)));
    }
}
