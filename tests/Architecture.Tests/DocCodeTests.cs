namespace Architecture.Tests;

/// <summary>Code in documents compiles and runs, because it is cut out of programs that do.</summary>
public sealed class DocCodeTests
{
    private const string Accept = "UNDERCROFT_ACCEPT_DOCS";

    [Fact]
    public void Every_block_of_code_in_a_document_equals_the_sample_it_names()
    {
        var problems = new List<string>();
        foreach (var path in House.Files.Where(static path => path.EndsWith(".md", StringComparison.Ordinal)))
        {
            var text = House.Read(path);
            var filled = DocCode.Fill(path, text, Read, problems);
            if (filled != text && Environment.GetEnvironmentVariable(Accept) == "1")
            {
                File.WriteAllText(Path.Combine(House.Root, path), filled);
            }
            else if (filled != text)
            {
                problems.Add($"{path}: differs from its samples. Run this test with {Accept}=1 to copy them.");
            }
        }

        Findings.AssertNone(problems);
    }

    [Fact]
    public void A_block_is_filled_with_its_lines_moved_to_the_left()
    {
        var problems = new List<string>();

        var filled = DocCode.Fill(
            "a.md",
            "Text.\n\n<!-- s.cs#one -->\n```csharp\nold\n```\n\nMore.\n",
            static _ => "class A\n{\n    // docs:one\n    if (x)\n    {\n        y();\n    }\n\n    // docs:end\n}\n",
            problems);

        Assert.Equal("Text.\n\n<!-- s.cs#one -->\n```csharp\nif (x)\n{\n    y();\n}\n```\n\nMore.\n", filled);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("```csharp\nx();\n```\n", "a.md: a block of C# does not say where it is cut from: 'x();'.")]
    [InlineData("<!-- s.cs#two -->\n```csharp\nx();\n```\n", "a.md: there is no '// docs:two' in s.cs.")]
    [InlineData("<!-- gone.cs#one -->\n```csharp\nx();\n```\n", "a.md: there is no '// docs:one' in gone.cs.")]
    public void A_block_without_a_source_is_found(string text, string problem)
    {
        var problems = new List<string>();

        _ = DocCode.Fill(
            "a.md", text, static path => path == "s.cs" ? "// docs:one\nx();\n// docs:end\n" : null, problems);

        Assert.Equal([problem], problems);
    }

    private static string? Read(string path) => House.Has(path) ? House.Read(path) : null;
}
