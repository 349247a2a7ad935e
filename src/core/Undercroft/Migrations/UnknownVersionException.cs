namespace Undercroft.Migrations;

/// <summary>Documents are of a version this program does not know, so it neither reads nor overwrites them.</summary>
public sealed class UnknownVersionException : StoreException
{
    internal UnknownVersionException(string doing, string what, string version, MigrationChain? known)
        : base(
            StoreErrorKind.Unsupported,
            $"Cannot {doing} {what}: it is at version {Names.Show(version)}, and this program knows " +
            (known is null ? "no versions" : $"{known}, with no way between") + ". Update the program.")
    {
        Version = version;
    }

    /// <summary>The version found.</summary>
    public string Version { get; }
}
