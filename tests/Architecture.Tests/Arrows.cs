namespace Architecture.Tests;

/// <summary>Who may see whom: the arrows of ARCHITECTURE.md, as code.</summary>
internal static class Arrows
{
    private const string Anything = "*";

    // A layer is the folder under src. A project of a layer sees projects of the layers named here, and no others.
    private static readonly Dictionary<string, string[]> Layers = new(StringComparer.Ordinal)
    {
        ["core"] = [],
        ["backends"] = ["core"],
        ["jobs"] = ["core"],
        ["testing"] = ["core"],
        ["kits"] = ["core", "jobs"],
        ["hosting"] = ["core", "jobs"],
        ["apps"] = [Anything],
    };

    // What single projects may see beyond their layer.
    private static readonly Dictionary<string, string[]> Extra = new(StringComparer.Ordinal)
    {
        ["Undercroft.AspNetCore"] = ["hosting/Undercroft.Hosting", "kits"],
        ["Undercroft.Conformance"] = ["testing/Undercroft.Testing"],
    };

    /// <summary>Says what is wrong with an arrow; null where it is allowed.</summary>
    /// <param name="from">The path of the project that references.</param>
    /// <param name="to">The path of the project it references.</param>
    public static string? Judge(string from, string to)
    {
        if (!from.StartsWith("src/", StringComparison.Ordinal))
        {
            return null;
        }

        var (layer, project) = Split(from);
        if (!Layers.TryGetValue(layer, out var allowed))
        {
            return $"{from}: no layer '{layer}' is known. Add it to {nameof(Arrows)}.cs and to ARCHITECTURE.md.";
        }

        if (!to.StartsWith("src/", StringComparison.Ordinal))
        {
            return $"{from}: sees {to}; what is shipped sees only what is shipped.";
        }

        var (targetLayer, targetProject) = Split(to);
        if (targetProject == "Undercroft.Conformance")
        {
            return $"{from}: sees Conformance; nothing but tests does.";
        }

        string[] names = [Anything, targetLayer, $"{targetLayer}/{targetProject}"];
        return allowed.Concat(Extra.GetValueOrDefault(project, [])).Any(names.Contains)
            ? null
            : $"{from}: sees {to}; '{layer}' sees only [{string.Join(", ", allowed)}]. Turn the arrow round, or decide "
                + $"otherwise in {nameof(Arrows)}.cs, ARCHITECTURE.md and an ADR.";
    }

    private static (string Layer, string Project) Split(string path)
    {
        var parts = path.Split('/');
        return parts.Length == 4 ? (parts[1], parts[2]) : ("", path);
    }
}
