using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>One step between two versions of a collection's documents. Immutable.</summary>
/// <remarks>A step is given a document of its own and gives back the document of the other version: the same object,
/// changed, or another. It must depend on nothing but the document, for it may run on every read, in several processes,
/// and again after a crash.</remarks>
public sealed class MigrationStep
{
    /// <summary>The longest version, in characters.</summary>
    public const int VersionLengthMax = 64;

    /// <summary>Makes a step.</summary>
    /// <param name="from">The version it begins at: a label such as <c>1.0</c>.</param>
    /// <param name="to">The version it ends at.</param>
    /// <param name="up">Makes a document of <paramref name="to"/> from one of <paramref name="from"/>.</param>
    /// <param name="down">Makes a document of <paramref name="from"/> from one of <paramref name="to"/>; null where
    /// there is no way back.</param>
    /// <exception cref="ArgumentException">A version is empty, too long or has control characters, or both are the
    /// same.</exception>
    public MigrationStep(
        string from, string to, Func<JsonObject, JsonObject> up, Func<JsonObject, JsonObject>? down = null)
    {
        CheckVersion(from, nameof(from));
        CheckVersion(to, nameof(to));
        ArgumentNullException.ThrowIfNull(up);
        if (from == to)
        {
            throw new ArgumentException(
                $"A step leads from one version to another; found {Names.Show(from)} twice. Name two versions.",
                nameof(to));
        }

        From = from;
        To = to;
        Up = up;
        Down = down;
    }

    /// <summary>The version it begins at.</summary>
    public string From { get; }

    /// <summary>The version it ends at.</summary>
    public string To { get; }

    /// <summary>Whether there is a way back.</summary>
    public bool IsReversible => Down is not null;

    internal Func<JsonObject, JsonObject> Up { get; }

    internal Func<JsonObject, JsonObject>? Down { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{From} → {To}";

    internal static void CheckVersion(string version, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(version, name);
        if (version.Length > VersionLengthMax || version.AsSpan().ContainsAnyInRange('\0', '\u001f') ||
            Names.LoneSurrogateAt(version) >= 0)
        {
            throw new ArgumentException(
                $"{Names.Show(version)} is no version: expected at most {VersionLengthMax} characters, none of them " +
                "a control character, such as '1.0'. Choose another.",
                name);
        }
    }
}
