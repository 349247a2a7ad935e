using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Undercroft.Migrations;

/// <summary>The versions of a collection's documents and the steps between them. Immutable: every call gives a new one.
/// </summary>
/// <remarks>Versions are labels; what is newer than what is said by the steps alone: <c>2.0</c> is newer than
/// <c>1.0</c> where steps lead up from one to the other.</remarks>
public sealed class MigrationChain
{
    private readonly ConcurrentDictionary<(string From, string To), MigrationPath?> paths = new();
    private readonly string? chosen;

    /// <summary>Begins a chain.</summary>
    /// <param name="baseline">The version of documents that do not say which they are: those written before the
    /// collection had migrations.</param>
    /// <exception cref="ArgumentException">It is no version.</exception>
    public MigrationChain(string baseline)
        : this(baseline, [], null, null) => MigrationStep.CheckVersion(baseline, nameof(baseline));

    private MigrationChain(
        string baseline, IReadOnlyList<MigrationStep> steps, string? chosen, Func<JsonObject, string?>? detector)
    {
        Baseline = baseline;
        Steps = steps;
        Detector = detector;
        Versions = [.. steps.SelectMany(static step => new[] { step.From, step.To }).Prepend(baseline).Distinct()];
        this.chosen = chosen;
    }

    /// <summary>The version of documents that do not say which they are.</summary>
    public string Baseline { get; }

    /// <summary>The steps, in the order they were added.</summary>
    public IReadOnlyList<MigrationStep> Steps { get; }

    /// <summary>Every version there is a step for, and the baseline.</summary>
    public IReadOnlyList<string> Versions { get; }

    /// <summary>The version the program reads and writes: what <see cref="To"/> says, else the newest.</summary>
    /// <exception cref="InvalidOperationException">There are several that nothing is newer than, and
    /// <see cref="To"/> does not choose.</exception>
    public string Current => chosen ?? Newest();

    internal Func<JsonObject, string?>? Detector { get; }

    /// <summary>Adds a step.</summary>
    /// <param name="from">The version it begins at.</param>
    /// <param name="to">The version it ends at.</param>
    /// <param name="up">Makes a document of <paramref name="to"/> from one of <paramref name="from"/>.</param>
    /// <param name="down">The way back; null where there is none.</param>
    /// <exception cref="ArgumentException">There is such a step, or the steps would go round in a circle.</exception>
    public MigrationChain Step(
        string from, string to, Func<JsonObject, JsonObject> up, Func<JsonObject, JsonObject>? down = null) =>
        Step(new MigrationStep(from, to, up, down));

    /// <summary>Adds a step.</summary>
    /// <exception cref="ArgumentException">There is such a step, or the steps would go round in a circle.</exception>
    public MigrationChain Step(MigrationStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (Steps.Any(other => other.From == step.From && other.To == step.To))
        {
            throw new ArgumentException(
                $"There is a step {step} already. A chain has one for each pair of versions: drop one.", nameof(step));
        }

        if (StepsGraph.Shortest(Steps, step.To, step.From, upOnly: true) is { } back)
        {
            throw new ArgumentException(
                $"The step {step} closes a circle: {back} leads up the other way. Give it as the down of the step " +
                "it undoes.",
                nameof(step));
        }

        return new MigrationChain(Baseline, [.. Steps, step], chosen, Detector);
    }

    /// <summary>Chooses the version the program reads and writes; a newer one can be known, so that documents of it are
    /// read through the steps down.</summary>
    /// <exception cref="ArgumentException">There is no step for the version.</exception>
    public MigrationChain To(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return Versions.Contains(version)
            ? new MigrationChain(Baseline, Steps, version, Detector)
            : throw new ArgumentException(
                $"There is no step for the version {Names.Show(version)}; there are {this}. Add one.", nameof(version));
    }

    /// <summary>Tells the versions of documents that do not say which they are.</summary>
    /// <param name="detector">Gives a document's version, or null for the baseline. It must not change the document.
    /// </param>
    public MigrationChain DetectBy(Func<JsonObject, string?> detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return new MigrationChain(Baseline, Steps, chosen, detector);
    }

    /// <summary>Says whether steps lead up from one version to another.</summary>
    public bool IsNewer(string version, string than)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(than);
        return version != than && StepsGraph.Shortest(Steps, than, version, upOnly: true) is not null;
    }

    /// <summary>Finds the way between two versions with the fewest steps; of those, with the fewest down.</summary>
    /// <returns>The way, or null where there is none.</returns>
    public MigrationPath? FindPath(string from, string to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        return paths.TryGetValue((from, to), out var known)
            ? known
            : Versions.Contains(from) && Versions.Contains(to)
                ? paths.GetOrAdd((from, to), key => StepsGraph.Shortest(Steps, key.From, key.To, upOnly: false))
                : null;
    }

    /// <summary>Lists the versions.</summary>
    public override string ToString() => string.Join(", ", Versions);

    /// <summary>Says, in a sentence, why no way leads between two versions.</summary>
    internal string DescribeGap(string from, string to)
    {
        if (!Versions.Contains(from))
        {
            return $"{Names.Show(from)} is not among the versions known here: {this}";
        }

        var ahead = Reaching(version => FindPath(from, version));
        var behind = Reaching(version => FindPath(version, to));
        return $"no steps lead from {Names.Show(from)} to {Names.Show(to)}: from {Names.Show(from)} one reaches " +
            $"{ahead}, and {Names.Show(to)} is reached from {behind}";
    }

    private string Reaching(Func<string, MigrationPath?> path)
    {
        var versions = Versions.Where(version => path(version) is { Length: > 0 }).ToList();
        return versions.Count == 0 ? "nothing" : string.Join(", ", versions);
    }

    private string Newest()
    {
        var ends = Versions.Where(version => Steps.All(step => step.From != version)).ToList();
        return ends.Count == 1
            ? ends[0]
            : throw new InvalidOperationException(
                $"The chain ends at several versions: {string.Join(", ", ends)}. Choose the program's with To.");
    }
}
