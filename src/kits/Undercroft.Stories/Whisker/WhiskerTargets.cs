namespace Undercroft.Stories;

/// <summary>What whisker's ids lead to: an id first, then a name.</summary>
internal sealed class WhiskerTargets
{
    private readonly Dictionary<string, Passage> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Passage> byName = new(StringComparer.Ordinal);

    public WhiskerTargets(IEnumerable<Passage> passages)
    {
        foreach (var passage in passages.Where(passage => passage.Kind == PassageKind.Passage))
        {
            _ = WhiskerPassage.IdOf(passage.Fields) is { } id && byId.TryAdd(id, passage);
            _ = byName.TryAdd(passage.Name, passage);
        }
    }

    public static Passage? Find(IEnumerable<Passage> passages, string target) =>
        new WhiskerTargets(passages)[target];

    public Passage? this[string target] => byId.GetValueOrDefault(target) ?? byName.GetValueOrDefault(target);

    /// <summary>Whether a target is one of whisker's own: the end, the passage before, the beginning.</summary>
    public static bool IsSpecial(string target) => target is "END" or "BACK" or "RESTART";

    /// <summary>Whether a passage has that name.</summary>
    public bool HasName(string name) => byName.ContainsKey(name);

    /// <summary>What a choice names to lead to a passage that a link names.</summary>
    public string TargetOf(string name) =>
        byName.TryGetValue(name, out var passage) && WhiskerPassage.IdOf(passage.Fields) is { } id ? id : name;

    /// <summary>What a link names to lead to a passage that a choice names.</summary>
    public string NameOf(string target) => this[target]?.Name ?? target;
}
