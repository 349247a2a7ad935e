namespace Undercroft.Stories;

/// <summary>A file without its passages, while it is changed: knows where the passages belong.</summary>
internal sealed class JsonHead
{
    // The space inside the empty list that stands before the first passage.
    private readonly int lead;

    public JsonHead(string opening, string closing)
    {
        Text = opening + closing;
        lead = JsonFile.ListOf(Text, Root) is { } list ? Math.Max(0, opening.Length - list.ValueStart - 1) : 0;
    }

    /// <summary>The JSON as it is now.</summary>
    public string Text { get; private set; }

    /// <summary>Where the object begins.</summary>
    public int Root => JsonScan.Root(Text);

    /// <summary>How many characters follow the last passage.</summary>
    public int Closing => JsonFile.ListOf(Text, Root) is { } list ? Text.Length - (list.ValueStart + 1 + lead) : 0;

    /// <summary>Gives a member a value; null takes it away.</summary>
    public void Set(string name, string? value) => Text = JsonEdit.Set(Text, Root, name, value);

    /// <summary>Does the same inside a member that is an object.</summary>
    public void SetInside(string outer, string name, string? value) =>
        Text = JsonEdit.SetInside(Text, Root, outer, name, value);

    /// <summary>Makes a list for passages where there is none.</summary>
    public void NeedList()
    {
        if (JsonFile.ListOf(Text, Root) is null)
        {
            Set("passages", "[]");
        }
    }
}
