using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>The code in documents: each block names the sample it is cut out of, and equals it.</summary>
internal static partial class DocCode
{
    /// <summary>Puts into each block of C# the lines it names.</summary>
    /// <param name="path">The document's path.</param>
    /// <param name="text">Its text.</param>
    /// <param name="read">Reads a file of the repository; null where there is none.</param>
    /// <param name="problems">Gets what cannot be done.</param>
    /// <returns>The text as it should be.</returns>
    public static string Fill(string path, string text, Func<string, string?> read, ICollection<string> problems) =>
        Block().Replace(text, match =>
        {
            var (file, region) = (match.Groups["file"].Value, match.Groups["region"].Value);
            if (file.Length == 0)
            {
                problems.Add(
                    $"{path}: a block of C# does not say where it is cut from: '{match.Value.Split('\n')[1]}'.");
                return match.Value;
            }

            if (read(file) is not { } source || Cut(source, region) is not { } code)
            {
                problems.Add($"{path}: there is no '// docs:{region}' in {file}.");
                return match.Value;
            }

            return $"<!-- {file}#{region} -->\n```csharp\n{code}```\n";
        });

    /// <summary>Cuts out the lines between <c>// docs:name</c> and <c>// docs:end</c>, moved to the left.</summary>
    /// <returns>The lines; null where there are none.</returns>
    public static string? Cut(string source, string region)
    {
        var lines = source.Split('\n')
            .SkipWhile(line => line.Trim() != $"// docs:{region}")
            .Skip(1)
            .TakeWhile(static line => line.Trim() != "// docs:end")
            .ToList();
        while (lines.Count > 0 && lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        if (lines.Count == 0)
        {
            return null;
        }

        var indent = lines.Where(static line => line.Length > 0)
            .Min(static line => line.Length - line.TrimStart().Length);
        return string.Concat(lines.Select(line => (line.Length == 0 ? line : line[indent..]) + "\n"));
    }

    [GeneratedRegex(
        @"^(?:<!-- (?<file>[\w./-]+)#(?<region>[\w-]+) -->\n)?```csharp\n(?:.*\n)*?```\n", RegexOptions.Multiline)]
    private static partial Regex Block();
}
