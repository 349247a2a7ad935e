namespace Undercroft.Tests;

public sealed class HotTableTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 3_000)]
    public void A_table_holds_what_a_dictionary_holds_after_any_changes(int seed, int range)
    {
        var random = new Random(seed);
        var table = new HotTable();
        var model = new Dictionary<RecordKey, StoreRecord>();

        for (var i = 0; i < 30_000; i++)
        {
            var key = new RecordKey("c", $"{random.Next(range)}");
            if (random.Next(100) < 55)
            {
                model[key] = new StoreRecord { Key = key, Revision = new Revision(i) };
                table.Set(model[key]);
            }
            else
            {
                model.Remove(key);
                table.Remove(key);
            }
        }

        for (var i = 0; i < range; i++)
        {
            var key = new RecordKey("c", $"{i}");
            Assert.Same(model.GetValueOrDefault(key), table.Find(key));
        }
    }
}
